namespace Semblance.Server.Cohere;

/// <summary>Represents what a request cost.</summary>
/// <param name="ApiVersion">The version of the API.</param>
/// <param name="BilledUnits">The number of tokens or of searches.</param>
/// <param name="Warnings">Sentences, such as that texts were truncated; absent if there are none.</param>
internal sealed record CohereMeta(
    CohereMeta.Version ApiVersion,
    CohereMeta.Units BilledUnits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Warnings)
{
    /// <summary>Returns what a request cost.</summary>
    public static CohereMeta Of(string version, Units units, Inference.Usage usage) => new(
        new Version(version),
        units,
        usage.Truncated.Count > 0 ? [$"truncated the texts at the indices {string.Join(", ", usage.Truncated)}"] : null);

    /// <summary>Represents the version of the API.</summary>
    /// <param name="Name">The number.</param>
    internal sealed record Version([property: JsonPropertyName("version")] string Name);

    /// <summary>Represents what is counted.</summary>
    /// <param name="InputTokens">The number of tokens.</param>
    /// <param name="SearchUnits">The number of searches.</param>
    internal sealed record Units(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? InputTokens,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? SearchUnits);
}
