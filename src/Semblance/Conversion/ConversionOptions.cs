using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Conversion;

/// <summary>Represents what a conversion to a model folder takes from elsewhere than the converted file.</summary>
public sealed record ConversionOptions
{
    /// <summary>
    /// Gets the folder with <c>config.json</c>, the files of the tokenizer and the modules; <see langword="null"/>, the default, for the
    /// folder of the file and, if its name is <c>onnx</c>, the folder above it.
    /// </summary>
    public string? FilesFolder { get; init; }

    /// <summary>
    /// Gets the number of attention heads, if there is no <c>config.json</c>; <see langword="null"/>, the default, if the file tells it.
    /// </summary>
    public int? NumAttentionHeads { get; init; }

    /// <summary>
    /// Gets the pooling of a model without <c>modules.json</c>; <see langword="null"/>, the default, for what the file tells, otherwise
    /// the mean of the tokens.
    /// </summary>
    public Pooling? Pooling { get; init; }

    /// <summary>
    /// Gets a value that indicates whether a model without <c>modules.json</c> normalizes its vectors. <see langword="false"/> by default.
    /// </summary>
    public bool Normalize { get; init; }

    /// <summary>
    /// Gets a value that indicates whether a <c>vocab.txt</c> without <c>tokenizer_config.json</c> is for texts in lower case.
    /// <see langword="true"/> by default.
    /// </summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>
    /// Gets the type of the written weights: <see cref="DType.F32"/>, the default, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </summary>
    public DType Weights { get; init; } = DType.F32;
}
