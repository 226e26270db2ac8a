namespace Semblance.Extensions.AI;

/// <summary>
/// Provides the names that <see cref="Microsoft.Extensions.AI.EmbeddingGenerationOptions.AdditionalProperties"/> can have in a request to
/// an embedding generator of Semblance. Any other name is an error.
/// </summary>
public static class EmbeddingOptionNames
{
    /// <summary>The kind of the texts: an <see cref="EmbeddingInput"/>, or <c>text</c>, <c>query</c> or <c>document</c>.</summary>
    public const string InputType = "input_type";

    /// <summary>The prompt to put before each text, a string.</summary>
    public const string Prompt = "prompt";

    /// <summary>The name of one of the model's prompts, a string.</summary>
    public const string PromptName = "prompt_name";

    /// <summary>The route of a model with a router, a string.</summary>
    public const string Route = "route";

    /// <summary>A Boolean value that indicates whether vectors are normalized to length 1.</summary>
    public const string Normalize = "normalize";

    /// <summary>
    /// The treatment of texts that are too long: a <see cref="Semblance.Truncation"/>, or <c>cut</c>, <c>error</c> or <c>chunk</c>.
    /// </summary>
    public const string Truncation = "truncation";

    internal static IReadOnlyList<string> All { get; } = [InputType, Prompt, PromptName, Route, Normalize, Truncation];
}
