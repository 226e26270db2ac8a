namespace Semblance.Tensors.Kernels;

/// <summary>Specifies the instruction that multiplies bytes in assembled code, and the width of its registers.</summary>
internal enum ByteInstruction
{
    /// <summary><c>vpmaddubsw</c> and <c>vpmaddwd</c> on 256-bit registers: AVX2.</summary>
    MultiplyAdd256,

    /// <summary><c>vpdpbusd</c> on 256-bit registers: AVX-VNNI.</summary>
    DotProduct256,

    /// <summary><c>vpdpbusd</c> on 512-bit registers: AVX-512 VNNI.</summary>
    DotProduct512,
}
