using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors.Instructions;

/// <summary>Specifies the vector instructions that kernels run on.</summary>
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

/// <summary>Provides the instruction set in use, and runs kernels on it.</summary>
public static class InstructionSets
{
    /// <summary>The environment variable that selects an instruction set by name.</summary>
    public const string Variable = "SEMBLANCE_INSTRUCTION_SET";

    /// <summary>
    /// Gets the instruction set chosen at start: the one that <see cref="Variable"/> names if the machine supports it, otherwise the best.
    /// </summary>
    public static InstructionSet Current { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Gets the instruction sets that this machine can run, the best last.</summary>
    /// <remarks>128-bit kernels run wherever 128-bit vectors do, so that the Arm kernels are tested on x86 too.</remarks>
    public static IReadOnlyList<InstructionSet> Available { get; } =
        Array.FindAll(Enum.GetValues<InstructionSet>(), IsSupported);

    /// <summary>
    /// Gets the best instruction set that the processor has. A program that was compiled ahead of time for older processors does not use
    /// it.
    /// </summary>
    public static InstructionSet Processor => ProcessorInstructions.Best;

    /// <summary>
    /// Gets a sentence that names the remedy if kernels run many times slower than the processor permits: on portable code, although it has
    /// an instruction set and <see cref="Variable"/> does not ask for less. <see langword="null"/> otherwise.
    /// </summary>
    /// <remarks>It is among the <c>Warnings</c> of a loaded model. The <c>semblance</c> command writes it once.</remarks>
    public static string? Warning { get; } = Warn(Current, Processor, Environment.GetEnvironmentVariable(Variable));

    /// <summary>
    /// Returns the instruction that multiplies in the products of a compute type, such as <c>vpmaddubsw</c>, and whether it is in code that
    /// is assembled when the program starts.
    /// </summary>
    /// <param name="type">The compute type.</param>
    public static string KernelOf(ComputeType type) => (Current, type) switch
    {
        _ when AssembledTiles.Of(type) is { } tiles => tiles.Name,
        (InstructionSet.Portable, _) => "Vector<T>",
        (InstructionSet.AdvSimd, ComputeType.Int8) => Dp.IsSupported ? "sdot" : "mul",
        (InstructionSet.AdvSimd, _) => "fmla",
        (InstructionSet.Avx2, ComputeType.Int8) when AvxVnni.IsSupported => "vpdpbusd",
        (_, ComputeType.Int8) => "vpmaddubsw",
        _ => "vfmadd231ps",
    };

    internal static string? Warn(InstructionSet current, InstructionSet processor, string? variable) =>
        current != InstructionSet.Portable || processor == InstructionSet.Portable || !string.IsNullOrWhiteSpace(variable)
            ? null
            : $"kernels run on portable code, many times slower than on {processor}, which the processor has. If the program was compiled "
                + "ahead of time, publish it with <IlcInstructionSet>x86-64-v3</IlcInstructionSet>; otherwise remove the settings of the "
                + "runtime that switch instructions off, such as DOTNET_EnableAVX2=0. "
                + $"{Variable}=portable chooses portable code on purpose.";

    internal static InstructionSet Choose(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return Array.FindLast(
                Enum.GetValues<InstructionSet>(), set => IsSupported(set) && (set != InstructionSet.AdvSimd || AdvSimd.IsSupported));
        }

        return Enum.TryParse<InstructionSet>(name, ignoreCase: true, out var wanted) && Enum.IsDefined(wanted) && IsSupported(wanted)
            ? wanted
            : throw new PlatformNotSupportedException(
                $"{Variable} is '{name}', which this machine cannot run; use one of "
                + $"{string.Join(", ", Enum.GetValues<InstructionSet>().Where(IsSupported))}, or unset it.");
    }

    /// <summary>
    /// Runs a kernel over the items from <paramref name="first"/> up to <paramref name="end"/>, and keeps the memory that it refers to
    /// alive.
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

    // As GC.KeepAlive: an address inside a kernel does not keep memory alive, but the operands beside it do while the kernel is alive.
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
