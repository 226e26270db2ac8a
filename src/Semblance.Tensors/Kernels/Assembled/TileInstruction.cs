namespace Semblance.Tensors.Kernels;

/// <summary>Specifies the instruction that multiplies in assembled code, and the width of its registers.</summary>
internal enum TileInstruction
{
    /// <summary><c>vpmaddubsw</c> and <c>vpmaddwd</c> on 256-bit registers: AVX2.</summary>
    MultiplyAdd256,

    /// <summary><c>vpdpbusd</c> on 256-bit registers: AVX-VNNI.</summary>
    DotProduct256,

    /// <summary><c>vpdpbusd</c> on 512-bit registers: AVX-512 VNNI.</summary>
    DotProduct512,

    /// <summary>
    /// <c>vdpbf16ps</c> on 512-bit registers: AVX-512 BF16. To each sum it adds the product of the second elements of a pair of bfloat16,
    /// then that of the first ones, each rounded to the nearest float32, ties to even; denormal numbers are zero, in operands and in sums.
    /// </summary>
    BFloat16DotProduct512,
}
