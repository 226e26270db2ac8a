using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Semblance.Tensors.Instructions;

/// <summary>The vector instructions that kernels run on.</summary>
public enum InstructionSet
{
    /// <summary><see cref="Vector{T}"/>, on any processor.</summary>
    Portable,

    /// <summary>128-bit registers: Arm's AdvSimd.</summary>
    AdvSimd,

    /// <summary>256-bit registers with fused multiply-add: x86 since 2013.</summary>
    Avx2,

    /// <summary>512-bit registers: x86 servers, recent desktops.</summary>
    Avx512,
}

/// <summary>Which instruction set is in use, and running a kernel on it.</summary>
public static class InstructionSets
{
    /// <summary>The environment variable that picks a lower path than the best, by name.</summary>
    public const string Variable = "SEMBLANCE_INSTRUCTION_SET";

    /// <summary>The path chosen once at start: what <see cref="Variable"/> names if the machine has it, else the best.</summary>
    public static InstructionSet Current { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The paths that this machine can run, the best last.</summary>
    /// <remarks>128-bit kernels run wherever 128-bit vectors do, so that Arm's path is tested on x86 too.</remarks>
    public static IReadOnlyList<InstructionSet> Available { get; } =
        Array.FindAll(Enum.GetValues<InstructionSet>(), IsSupported);

    internal static InstructionSet Choose(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return Array.FindLast(Enum.GetValues<InstructionSet>(), set => IsSupported(set) && (set != InstructionSet.AdvSimd || AdvSimd.IsSupported));
        }

        return Enum.TryParse<InstructionSet>(name, ignoreCase: true, out var wanted) && Enum.IsDefined(wanted) && IsSupported(wanted)
            ? wanted
            : throw new PlatformNotSupportedException(
                $"{Variable} is '{name}', which this machine cannot run; use one of {string.Join(", ", Enum.GetValues<InstructionSet>().Where(IsSupported))}, or unset it.");
    }

    /// <summary>
    /// Runs a kernel over the items from <paramref name="first"/> up to <paramref name="end"/>, and keeps alive what it mentions until it
    /// ends.
    /// </summary>
    internal static void Run<TKernel>(this InstructionSet set, in TKernel kernel, int first, int end)
        where TKernel : struct, IKernel
    {
        switch (set)
        {
            case InstructionSet.Avx512:
                kernel.Run<Lanes512>(first, end);
                break;
            case InstructionSet.Avx2:
                kernel.Run<Lanes256>(first, end);
                break;
            case InstructionSet.AdvSimd:
                kernel.Run<Lanes128>(first, end);
                break;
            default:
                kernel.Run<LanesPortable>(first, end);
                break;
        }

        KeepAlive(in kernel);
    }

    // As GC.KeepAlive: an address inside a kernel keeps no memory, but the operands beside it do while the kernel is needed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void KeepAlive<TKernel>(in TKernel kernel)
        where TKernel : struct, IKernel
    {
    }

    private static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512DQ.IsSupported,
        InstructionSet.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        InstructionSet.AdvSimd => Vector128.IsHardwareAccelerated,
        _ => true,
    };
}
