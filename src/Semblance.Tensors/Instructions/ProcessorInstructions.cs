using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors.Instructions;

/// <summary>
/// Asks the processor itself which instructions it has. <c>IsSupported</c> answers what a program was compiled for, if it was compiled
/// ahead of time.
/// </summary>
internal static class ProcessorInstructions
{
    private const int Features = 1;
    private const int ExtendedFeatures = 7;
    private const int SavedState = 0xD;

    // The bytes that the system saves of a thread's registers: with 256-bit registers, and with 512-bit registers and masks.
    private const int State256 = 832;
    private const int State512 = 2432;

    /// <summary>Gets the best instruction set that the processor and the system support.</summary>
    public static InstructionSet Best { get; } = Find();

    /// <summary>Gets the best instruction for products of bytes in assembled code; <see langword="null"/> if there is none.</summary>
    public static TileInstruction? Bytes { get; } = FindBytes();

    /// <summary>Gets the instruction for products of bfloat16 in assembled code; <see langword="null"/> if there is none.</summary>
    public static TileInstruction? BFloat16 { get; } =
        Best == InstructionSet.Avx512 && Environment.Is64BitProcess && Has(SecondExtended(), 5)
            ? TileInstruction.BFloat16DotProduct512 : null;

    private static InstructionSet Find()
    {
        if (!X86Base.IsSupported)
        {
            return AdvSimd.IsSupported ? InstructionSet.AdvSimd : InstructionSet.Portable;
        }

        var (highest, _, _, _) = X86Base.CpuId(0, 0);
        if (highest < SavedState)
        {
            return InstructionSet.Portable;
        }

        var (_, _, features, _) = X86Base.CpuId(Features, 0);
        var (_, extended, _, _) = X86Base.CpuId(ExtendedFeatures, 0);
        var (_, state, _, _) = X86Base.CpuId(SavedState, 0);
        var fma = Has(features, 12, 27, 28); // FMA, OSXSAVE, AVX
        return fma && Has(extended, 5, 16, 17, 28, 30, 31) && state >= State512 // AVX2, AVX-512 F, DQ, CD, BW, VL
            ? InstructionSet.Avx512
            : fma && Has(extended, 5) && state >= State256 ? InstructionSet.Avx2 : InstructionSet.Portable;
    }

    private static TileInstruction? FindBytes()
    {
        if (Best < InstructionSet.Avx2 || !Environment.Is64BitProcess)
        {
            return null;
        }

        var (_, _, vnni512, _) = X86Base.CpuId(ExtendedFeatures, 0);
        return Best == InstructionSet.Avx512 && Has(vnni512, 11) ? TileInstruction.DotProduct512
            : Has(SecondExtended(), 4) ? TileInstruction.DotProduct256 : TileInstruction.MultiplyAdd256;
    }

    // The features of the second part of the leaf, such as AVX-VNNI; 0 if there is no such part.
    private static int SecondExtended() =>
        X86Base.CpuId(ExtendedFeatures, 0).Eax > 0 ? X86Base.CpuId(ExtendedFeatures, 1).Eax : 0;

    private static bool Has(int register, params ReadOnlySpan<int> bits)
    {
        foreach (var bit in bits)
        {
            if ((register & (1 << bit)) == 0)
            {
                return false;
            }
        }

        return true;
    }
}
