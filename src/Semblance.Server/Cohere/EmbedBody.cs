namespace Semblance.Server.Cohere;

/// <summary>Represents the body of a request to <c>/v2/embed</c> and <c>/v1/embed</c>.</summary>
internal sealed record EmbedBody
{
    /// <summary>Gets the name of the model.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the kind of the texts, such as <c>search_query</c>.</summary>
    public string? InputType { get; init; }

    /// <summary>Gets the texts.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>Gets the texts as inputs of several parts.</summary>
    public IReadOnlyList<EmbedInput>? Inputs { get; init; }

    /// <summary>Gets images, which are not supported.</summary>
    public IReadOnlyList<string>? Images { get; init; }

    /// <summary>Gets the number of first elements of each vector that are kept.</summary>
    public int? OutputDimension { get; init; }

    /// <summary>Gets the forms of the vectors; <c>float</c> by default.</summary>
    public IReadOnlyList<string>? EmbeddingTypes { get; init; }

    /// <summary>Gets the treatment of long texts: <c>END</c>, the default, or <c>NONE</c>.</summary>
    public string? Truncate { get; init; }

    /// <summary>Returns the texts.</summary>
    /// <exception cref="RequestException">There are none, or they are images.</exception>
    public IReadOnlyList<string> AllTexts() =>
        Images is not null ? throw RequestException.Validation("images are not supported; send texts.", "images")
        : Texts is { Count: > 0 } ? Texts
        : Inputs is { Count: > 0 } ? [.. Inputs.Select(input => input?.Text() ?? throw RequestException.Validation("`inputs` has null; send texts.", "inputs"))]
        : throw RequestException.Empty("texts");
}
