using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Modules;

/// <summary>Sentence vectors of length one.</summary>
public sealed class NormalizeModule : Module
{
    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Normalize";

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.SentenceEmbeddings = run.Normalize(SentenceEmbeddings(features));
    }

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        // The module has no settings; its empty folder is part of the layout.
    }

    /// <inheritdoc/>
    public override string ToString() => "Normalize()";
}
