namespace Semblance.Server.Inference;

/// <summary>Represents a request for vectors of texts, whatever its dialect.</summary>
/// <param name="Model">The name of the model; <see langword="null"/> for the first one.</param>
/// <param name="Texts">The texts.</param>
internal sealed record EmbedQuery(string? Model, IReadOnlyList<InputText> Texts)
{
    /// <summary>Gets the number of first elements of each vector that are kept; <see langword="null"/> for all.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Gets a value that indicates whether the vectors have length 1; <see langword="false"/> leaves it to the model.</summary>
    public bool Normalize { get; init; }

    /// <summary>Gets a value that indicates whether long texts are truncated; <see langword="null"/> for the server's default.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Gets the name of a prompt; <see langword="null"/> for the model's default.</summary>
    public string? PromptName { get; init; }

    /// <summary>Gets the text before each text; <see langword="null"/> for that of the prompt's name.</summary>
    public string? Prompt { get; init; }

    /// <summary>
    /// Gets the kind of the texts, <c>query</c> or <c>document</c>, which selects the route and, if no prompt is named, the prompt.
    /// </summary>
    public string? Route { get; init; }
}
