using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Tasks;

/// <summary>A class of the original library, as <c>config.json</c> names it under <c>architectures</c>: a body, and a head where the task has one.</summary>
/// <param name="Name">The name, such as <c>BertForMaskedLM</c>.</param>
/// <param name="Task">What the head predicts.</param>
/// <param name="CreateHead">Makes the head on a body, taking its layers from the builder; null where there is none.</param>
public sealed record ArchitectureClass(string Name, TaskKind Task = TaskKind.None, Func<Transformer, ConfigurationFile, ModelParameters, TaskHead>? CreateHead = null)
{
    /// <summary>Gets whether the head stands on the body's pooler. False by default.</summary>
    public bool NeedsPooler { get; init; }

    /// <summary>Gets the function that makes the decoder of an encoder, or null where the class has none.</summary>
    public Func<Transformer, ConfigurationFile, ModelParameters, Decoder>? CreateDecoder { get; init; }
}
