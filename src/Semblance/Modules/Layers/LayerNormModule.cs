using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Computes layer normalization of the sentence vectors.</summary>
/// <param name="layer">The parameters.</param>
public sealed class LayerNormModule(LayerNorm layer) : Module
{
    private const float Epsilon = 1e-5f; // PyTorch's default; the files have no value

    private static readonly KnownKeys Keys = new KnownKeys().Supported("dimension");

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.LayerNorm";

    /// <summary>Gets the parameters.</summary>
    public LayerNorm Layer { get; } = layer;

    /// <summary>Loads the module from <c>config.json</c> and weights in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ModelFormatException">The configuration is damaged, or does not fit the weights.</exception>
    public static LayerNormModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json")).Check(Keys);
        var dimension = config.WholeNumber("dimension", 1, 1 << 20);
        var weights = new CheckpointWeights(Checkpoint.Open(folder), "", trainable);
        var layer = weights.LayerNorm("norm", dimension, Epsilon);
        weights.Check();
        return new LayerNormModule(layer) { Warnings = config.Warnings };
    }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireSentences(Layer.Columns);
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.SentenceEmbeddings = run.LayerNorm(SentenceEmbeddings(features), Layer);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => Layer.Parameters("norm");

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        JsonFile.Write(Path.Combine(folder, "config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("dimension", Layer.Columns);
            json.WriteEndObject();
        });
        SaveParameters(Parameters(), folder, weights);
    }

    /// <inheritdoc/>
    public override string ToString() => $"LayerNorm({Layer.Columns})";
}
