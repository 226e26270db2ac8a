using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Modules;

/// <summary>
/// Converts dense sentence vectors to sparse ones: a wide linear layer, of whose outputs the largest are kept (contrastive sparse
/// representation: Wen et al. 2025, arXiv:2503.01776).
/// </summary>
public sealed class SparseAutoEncoderModule : Module
{
    private const string Statistics = "stats_last_nonzero";

    private static readonly KnownKeys Keys = new KnownKeys().Supported(
        "dead_threshold", "hidden_dim", "input_dim", "k", "k_aux", "normalize");

    private readonly Tensor _preBias;
    private readonly Linear _encoder;
    private readonly long[] _lastNonzero;
    private readonly int _auxiliaryK;
    private readonly bool _normalize;
    private readonly int _deadThreshold;

    private SparseAutoEncoderModule(Tensor preBias, Linear encoder, long[] lastNonzero, ConfigurationFile config)
    {
        (_preBias, _encoder, _lastNonzero) = (preBias, encoder, lastNonzero);
        K = config.WholeNumber("k", 1, int.MaxValue, 8);
        _auxiliaryK = config.WholeNumber("k_aux", 0, int.MaxValue, 512);
        _normalize = config.Flag("normalize", false);
        _deadThreshold = config.WholeNumber("dead_threshold", 0, int.MaxValue, 30);
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.sparse_encoder.models.SparseAutoEncoder";

    /// <summary>Gets the number of elements of a vector that are kept, unless the options set another number.</summary>
    public int K { get; }

    /// <summary>Gets the dimension of the dense vectors.</summary>

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireSentences(_encoder.Inputs);
        shape.SentenceWidth = _encoder.Outputs;
    }

    /// <summary>Loads the module from <c>config.json</c> and weights in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ModelFormatException">The configuration is damaged, or does not fit the weights.</exception>
    public static SparseAutoEncoderModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json")).Check(Keys);
        int inputs = config.WholeNumber("input_dim", 1, 1 << 20), outputs = config.WholeNumber("hidden_dim", 1, 1 << 24, 512);
        var checkpoint = Checkpoint.Open(folder);

        // The decoder shares the encoder's weight, and a file has it under one of the two names.
        var name = checkpoint.Contains("encoder.weight") ? "encoder.weight" : "decoder.linear.weight";
        var weights = new CheckpointWeights(checkpoint, "", trainable, [Statistics]);
        var (weight, preBias, bias) = (weights.Tensor(name, outputs, inputs), weights.Tensor("pre_bias", inputs),
            weights.Tensor("latent_bias", outputs));
        weights.Check();
        var lastNonzero = checkpoint.Contains(Statistics) ? checkpoint.ReadInt64(Statistics) : new long[outputs];
        return lastNonzero.Length == outputs
            ? new SparseAutoEncoderModule(preBias, new Linear(weight, bias), lastNonzero, config) { Warnings = config.Warnings }
            : throw new ModelFormatException(checkpoint.Path,
                $"'{Statistics}' has {lastNonzero.Length} elements, but {config.Path} requires {outputs}.");
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(features);
        var x = SentenceEmbeddings(features);
        var centered = Tensor.From(x.Values, x.Rows, x.Columns);
        for (var i = 0; i < x.Rows; i++)
        {
            Center(centered.Writable.Slice(i * x.Columns, x.Columns));
        }

        var latents = run.Linear(centered, _encoder, Activation.Identity); // [texts × hidden]
        for (var i = 0; i < latents.Rows; i++)
        {
            KeepLargest(latents.Writable.Slice(i * latents.Columns, latents.Columns), features.MaxActiveDimensions ?? K);
        }

        features.SentenceEmbeddings = latents;
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() =>
        [new("pre_bias", _preBias), new("encoder.weight", _encoder.Weight), new("latent_bias", _encoder.Bias!)];

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        JsonFile.Write(Path.Combine(folder, "config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("input_dim", _encoder.Inputs);
            json.WriteNumber("hidden_dim", _encoder.Outputs);
            json.WriteNumber("k", K);
            json.WriteNumber("k_aux", _auxiliaryK);
            json.WriteBoolean("normalize", _normalize);
            json.WriteNumber("dead_threshold", _deadThreshold);
            json.WriteEndObject();
        });
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in Parameters())
        {
            writer.Add(name, tensor, weights);
        }

        writer.Add(Statistics, _lastNonzero, _lastNonzero.Length);
        writer.Save(Path.Combine(folder, "model.safetensors"));
    }

    /// <inheritdoc/>
    public override string ToString() => $"SparseAutoEncoder({_encoder.Inputs} → {_encoder.Outputs}, largest {K})";

    private void Center(Span<float> row)
    {
        if (_normalize)
        {
            const float Epsilon = 1e-5f; // as in the original, added to a standard deviation with n − 1
            TensorPrimitives.Subtract(row, TensorPrimitives.Sum<float>(row) / row.Length, row);
            TensorPrimitives.Divide(row, MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(row) / Math.Max(1, row.Length - 1)) + Epsilon,
                row);
        }

        TensorPrimitives.Subtract(row, _preBias.Values, row);
    }

    // Negative elements are not kept, even if they are among the largest.
    private static void KeepLargest(Span<float> row, int count)
    {
        var kept = SparseVector.Largest(row, count, 0);
        row.Clear();
        for (var i = 0; i < kept.Indices.Length; i++)
        {
            row[kept.Indices.Span[i]] = kept.Values.Span[i];
        }
    }
}
