namespace Semblance.Checkpoints;

/// <summary>
/// Represents a file of named tensors in the safetensors format that is mapped into memory; see
/// <see href="https://github.com/huggingface/safetensors"/>. The header is checked completely when the file is opened. In a file of int8
/// weights, a tensor and its scales are one tensor.
/// </summary>
public sealed class SafetensorsFile : Checkpoint
{
    private SafetensorsFile(
        string path, IReadOnlyDictionary<string, StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
        : base(path, tensors) => Metadata = metadata;

    /// <summary>Gets the <c>__metadata__</c> of the header, such as <c>format: pt</c>; empty if there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is not a valid safetensors file.</exception>
    public static new SafetensorsFile Open(string path) => MappedFile.Open(path, file =>
    {
        var (tensors, metadata) = SafetensorsHeader.Read(file);
        return new SafetensorsFile(
            path, metadata.GetValueOrDefault("format") == Int8Layout.Format ? Int8Layout.Join(path, tensors) : tensors, metadata);
    });
}
