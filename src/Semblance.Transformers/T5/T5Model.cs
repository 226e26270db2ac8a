using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Transformers.T5;

/// <summary>
/// The encoder of T5 (Raffel et al. 2020, arXiv:1910.10683): relative positions, unscaled attention, norms before each block and no biases. Names of
/// settings and parameters are those of transformers' <c>T5EncoderModel</c>. The decoder is <see cref="T5Decoder"/>.
/// </summary>
public sealed class T5Model : Transformer
{
    private const string SharedName = "shared.weight";
    private const string EncoderName = "encoder.embed_tokens.weight"; // where a file has only the encoder's

    private readonly T5Stack _encoder;
    private readonly string _wordsName;

    private T5Model(T5Config config, Weights weights, ConfigurationFile source)
        : base("t5", source)
    {
        Config = config;
        _wordsName = !weights.Contains(SharedName) && weights.Contains(EncoderName) ? EncoderName : SharedName;
        Words = weights.Tensor(_wordsName, config.VocabSize, config.DModel);
        _encoder = new T5Stack(config, weights, decoder: false);
    }

    /// <summary>The settings.</summary>
    public T5Config Config { get; }

    /// <inheritdoc/>
    public override int HiddenSize => Config.DModel;

    /// <inheritdoc/>
    public override int LayerCount => _encoder.LayerCount;

    /// <inheritdoc/>
    public override int VocabularySize => Config.VocabSize;

    /// <summary>Any length: positions are relative.</summary>
    public override int MaxPositions => int.MaxValue;

    /// <inheritdoc/>
    public override long ParameterCount => Parameters().Sum(parameter => (long)parameter.Value.Length);

    /// <inheritdoc/>
    public override long MultiplicationsPerToken =>
        LayerCount * Config.DModel * ((4L * Config.NumHeads * Config.DKv) + ((Config.IsGatedAct ? 3L : 2L) * Config.DFf));

    internal override string WeightPrefix => "";

    /// <summary>The word table, which the decoder shares.</summary>
    internal Tensor Words { get; }

    /// <summary>Loads the encoder from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights; a decoder among them is left alone.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static T5Model Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "", trainable), trainable);

    internal static T5Model Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        var model = new T5Model(T5Config.Read(config), weights, config);
        if (weights.Check() && !trainable)
        {
            model._encoder.Prepare();
        }

        return model;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, PackedBatch batch, IList<Tensor>? hiddenStates = null) => _encoder.Forward(run, batch, Words, hiddenStates);

    /// <summary>Null: there is no pooler.</summary>
    /// <inheritdoc/>
    public override Tensor? Pool(Computation run, Tensor hidden, PackedBatch batch) => null;

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => [new(_wordsName, Words), .. _encoder.Parameters()];

    /// <inheritdoc/>
    protected override void WriteConfiguration(Utf8JsonWriter json) => throw new InvalidOperationException("Every T5 was loaded with its configuration.");
}
