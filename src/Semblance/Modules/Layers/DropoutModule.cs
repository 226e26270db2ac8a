using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Applies dropout to the sentence vectors during training; does nothing otherwise.</summary>
public sealed class DropoutModule : Module
{
    private static readonly KnownKeys Keys = new KnownKeys().Supported("dropout");

    /// <summary>Initializes a new instance of the <see cref="DropoutModule"/> class.</summary>
    /// <param name="rate">The dropout probability, from 0 to below 1; 0.2 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> is not from 0 to below 1.</exception>
    public DropoutModule(float rate = 0.2f)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rate, 1);
        Rate = rate;
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Dropout";

    /// <summary>Gets the dropout probability.</summary>
    public float Rate { get; }

    /// <summary>Loads the module from <c>config.json</c> in its folder.</summary>
    /// <exception cref="ModelFormatException">The configuration is damaged.</exception>
    public static DropoutModule Load(string folder)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json")).Check(Keys);
        var rate = config.Number("dropout", 0.2f);
        return rate is >= 0 and < 1
            ? new DropoutModule(rate) { Warnings = config.Warnings }
            : throw config.Fault("dropout", $"is {rate}; expected a number from 0 to below 1");
    }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireSentences();
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.SentenceEmbeddings = run.Dropout(SentenceEmbeddings(features), Rate);
    }

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32) => JsonFile.Write(Path.Combine(folder, "config.json"), json =>
    {
        json.WriteStartObject();
        json.WriteNumber("dropout", Rate);
        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Dropout({Rate})");
}
