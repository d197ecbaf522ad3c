import { describe, expect, it } from 'vitest';
import { planTensorflow } from './tensorflow-plan.ts';
import { pipDownloadArgs } from './wheels.ts';

const LINUX = { platform: 'linux', arch: 'x64' };

describe('planTensorflow', () => {
  it('fetches the CPU wheel as Python 3.11 would, whatever Python runs', () => {
    const plan = planTensorflow('cpu', LINUX);
    expect(plan && pipDownloadArgs(plan.wheels, '/folder')).toEqual([
      'download',
      '--no-deps',
      '--only-binary=:all:',
      '--implementation=cp',
      '--python-version=3.11',
      '--platform=manylinux_2_17_x86_64',
      '--no-cache-dir',
      '--dest=/folder',
      'tensorflow-cpu==2.15.1',
    ]);
  });

  it('fetches for the GPU what tensorflow[and-cuda] asks for, and unpacks NVIDIA’s libraries', () => {
    const plan = planTensorflow('gpu', LINUX);
    expect(plan?.npmPackage).toBe('@tensorflow/tfjs-node-gpu');
    expect(plan?.prefixes).toContain('nvidia/');
    const [tensorflow, ...nvidia] = plan?.wheels.requirements ?? [];
    expect(tensorflow).toBe('tensorflow==2.15.1');
    expect(nvidia).toHaveLength(12);
    expect(nvidia.every((pin) => /^nvidia-[a-z-]+-cu12==[\d.]+$/.test(pin))).toBe(true);
    // NVIDIA tags its wheels manylinux1: each tag has to be asked for.
    expect(plan?.wheels.platforms).toContain('manylinux1_x86_64');
  });

  it.each([
    { platform: 'linux', arch: 'arm64' },
    { platform: 'darwin', arch: 'x64' },
    { platform: 'win32', arch: 'x64' },
  ])('has no plan for $platform $arch, where there is no such wheel', (machine) => {
    expect(planTensorflow('cpu', machine)).toBeUndefined();
  });
});
