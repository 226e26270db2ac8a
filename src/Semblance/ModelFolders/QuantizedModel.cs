using Semblance.Checkpoints;

namespace Semblance;

/// <summary>Represents what <see cref="ModelQuantizer.Quantize"/> changed.</summary>
/// <param name="Original">The type of most of the original weights.</param>
/// <param name="OriginalBytes">The number of bytes of the original files of weights.</param>
/// <param name="Weights">The type of the written weights.</param>
/// <param name="Bytes">The number of bytes of the written files of weights.</param>
public sealed record QuantizedModel(DType Original, long OriginalBytes, DType Weights, long Bytes);
