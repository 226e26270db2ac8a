namespace Semblance.Checkpoints;

/// <summary>
/// A file of named tensors in the safetensors format, mapped into memory; see
/// <see href="https://github.com/huggingface/safetensors"/>. The header is checked completely when it is opened.
/// </summary>
public sealed class SafetensorsFile : Checkpoint
{
    private SafetensorsFile(
        string path, IReadOnlyDictionary<string, StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
        : base(path, tensors) => Metadata = metadata;

    /// <summary>The header's <c>__metadata__</c>, such as <c>format: pt</c>; empty without one.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">It is not a valid safetensors file.</exception>
    public static new SafetensorsFile Open(string path) => MappedFile.Open(path, file =>
    {
        var (tensors, metadata) = SafetensorsHeader.Read(file);
        return new SafetensorsFile(path, tensors, metadata);
    });
}
