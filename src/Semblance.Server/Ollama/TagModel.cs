namespace Semblance.Server.Ollama;

/// <summary>Represents a model in the answers of <c>/api/tags</c> and <c>/api/ps</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Model">The name.</param>
/// <param name="ModifiedAt">The time at which its files were written.</param>
/// <param name="Size">The size of its weights in bytes.</param>
/// <param name="Digest">A hash of its folder and the time of its files.</param>
/// <param name="Details">What the model is.</param>
/// <param name="Capabilities"><c>embedding</c>, if it computes vectors.</param>
internal sealed record TagModel(
    string Name, string Model, DateTimeOffset ModifiedAt, long Size, string Digest, ModelDetails Details, IReadOnlyList<string> Capabilities)
{
    /// <summary>Gets the time at which a model in memory is unloaded unless it is used before; absent for a file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets the memory of a graphics processor that a model in memory takes, which is 0; absent for a file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeVram { get; init; }

    /// <summary>Gets the maximum sequence length of a model in memory; absent for a file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ContextLength { get; init; }
}
