namespace Semblance.Extensions.AI;

/// <summary>
/// Provides the options of an embedding model that is registered with dependency injection. They can be bound to configuration.
/// </summary>
public sealed class SemblanceOptions : SemblanceModelOptions
{
    /// <summary>Gets or sets the kind of the texts of a request that names none; <see cref="EmbeddingInput.Text"/> by default.</summary>
    public EmbeddingInput Input { get; set; }

    /// <summary>Gets or sets the prompt to put before each text; <see langword="null"/> for that of the model.</summary>
    public string? Prompt { get; set; }

    /// <summary>Gets or sets the name of one of the model's prompts; <see langword="null"/> for its default prompt.</summary>
    public string? PromptName { get; set; }

    /// <summary>Gets or sets the number of first elements of each vector that are kept; <see langword="null"/> for all.</summary>
    public int? Dimensions { get; set; }

    /// <summary>
    /// Gets or sets a value that indicates whether each vector is normalized to length 1; <see langword="false"/> by default, which leaves
    /// it to the model.
    /// </summary>
    public bool Normalize { get; set; }
}
