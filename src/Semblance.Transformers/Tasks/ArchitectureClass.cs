using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Tasks;

/// <summary>
/// Represents a class of the original library, as <c>config.json</c> names it under <c>architectures</c>: a body and, if the task has one,
/// a head.
/// </summary>
/// <param name="Name">The name, such as <c>BertForMaskedLM</c>.</param>
/// <param name="Task">The task of the head.</param>
/// <param name="CreateHead">Creates the head for a body, with layers from the builder; <see langword="null"/> if there is no head.</param>
public sealed record ArchitectureClass(
    string Name, TaskKind Task = TaskKind.None, Func<Transformer, ConfigurationFile, ModelParameters, TaskHead>? CreateHead = null)
{
    /// <summary>Gets a value that indicates whether the head needs the body's pooler. <see langword="false"/> by default.</summary>
    public bool NeedsPooler { get; init; }

    /// <summary>Gets the function that creates the decoder of an encoder; <see langword="null"/> if the class has none.</summary>
    public Func<Transformer, ConfigurationFile, ModelParameters, Decoder>? CreateDecoder { get; init; }
}
