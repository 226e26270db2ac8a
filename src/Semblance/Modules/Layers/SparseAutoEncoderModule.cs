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

    /// <summary>Initializes a new instance of the <see cref="SparseAutoEncoderModule"/> class with random weights, to be trained.</summary>
    /// <param name="inputs">The dimension of the dense vectors.</param>
    /// <param name="outputs">The dimension of the sparse vectors. 512 by default.</param>
    /// <param name="k">The number of elements of a vector that are kept. 8 by default.</param>
    /// <param name="auxiliaryK">
    /// The number of elements of <see cref="SparseReconstruction.Auxiliary"/>. 512 by default.
    /// </param>
    /// <param name="deadThreshold">The number of batches after which an element that no text had takes part in it. 30 by default.</param>
    /// <param name="seed">The random seed.</param>
    public SparseAutoEncoderModule(
        int inputs, int outputs = 512, int k = 8, int auxiliaryK = 512, int deadThreshold = 30, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, k);
        ArgumentOutOfRangeException.ThrowIfNegative(auxiliaryK);
        ArgumentOutOfRangeException.ThrowIfNegative(deadThreshold);

        // PyTorch's usual initialization of a linear layer.
        var random = new Random(seed);
        var weight = Tensor.Zeros(outputs, inputs);
        var bound = 1 / Math.Sqrt(inputs);
        foreach (ref var element in weight.Writable)
        {
            element = (float)(((2 * random.NextDouble()) - 1) * bound);
        }

        (_preBias, _encoder, _lastNonzero) = (Tensor.Zeros(inputs), new Linear(weight, Tensor.Zeros(outputs)), new long[outputs]);
        (K, _auxiliaryK, _deadThreshold) = (k, auxiliaryK, deadThreshold);
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
        if (_normalize)
        {
            x = run.Recording
                ? throw new NotSupportedException(
                    "A SparseAutoEncoder with 'normalize' cannot be trained: the original compares the normalized vectors with "
                    + "reconstructions of those before. Train one without it.")
                : Normalized(x);
        }

        var latents = run.Linear(run.Subtract(x, Bias(run, x.Rows)), _encoder); // [texts × hidden]
        var kept = KeepLargest(run, latents, features.MaxActiveDimensions ?? K);
        if (run.Recording)
        {
            CountUnused(kept);
            features.Reconstruction = Reconstruct(run, x, latents, kept);
        }

        features.SentenceEmbeddings = kept;
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

    private SparseReconstruction Reconstruct(Computation run, Tensor x, Tensor latents, Tensor kept)
    {
        var withoutBias = Decode(run, kept);
        var known = Tensor.From(withoutBias.Values, withoutBias.Shape); // a constant for the gradient
        var unused = Tensor.Zeros(latents.Rows, latents.Columns);
        for (var i = 0; i < unused.Length; i++)
        {
            unused.Writable[i] = _lastNonzero[i % latents.Columns] > _deadThreshold ? 1 : 0;
        }

        return new(
            x,
            run.Add(withoutBias, Bias(run, x.Rows)),
            run.Add(Decode(run, KeepLargest(run, latents, (int)Math.Min(4L * K, latents.Columns))), Bias(run, x.Rows)),
            run.Subtract(x, known),
            run.Add(Decode(run, KeepLargest(run, run.Multiply(latents, unused), _auxiliaryK)), Bias(run, x.Rows)));
    }

    // The decoder is the transposed encoder.
    private Tensor Decode(Computation run, Tensor latents)
    {
        var (rows, columns) = (_encoder.Outputs, _encoder.Inputs);
        var transposed = run.Gather(
            _encoder.Weight, [.. Enumerable.Range(0, rows * columns).Select(i => (i % rows * columns) + (i / rows))], columns, rows);
        return run.MatrixProduct(latents, transposed);
    }

    private Tensor Bias(Computation run, int rows) => run.Rows(_preBias, new int[rows]);

    private void CountUnused(Tensor kept)
    {
        const float Least = 1e-5f;
        for (var j = 0; j < _lastNonzero.Length; j++)
        {
            var isUsed = false;
            for (var i = 0; i < kept.Rows && !isUsed; i++)
            {
                isUsed = kept.Row(i)[j] > Least;
            }

            _lastNonzero[j] = isUsed ? 1 : _lastNonzero[j] + 1;
        }
    }

    private static Tensor Normalized(Tensor x)
    {
        const float Epsilon = 1e-5f; // as in the original, added to a standard deviation with n − 1
        var normalized = Tensor.From(x.Values, x.Rows, x.Columns);
        for (var i = 0; i < x.Rows; i++)
        {
            var row = normalized.Writable.Slice(i * x.Columns, x.Columns);
            TensorPrimitives.Subtract(row, TensorPrimitives.Sum<float>(row) / row.Length, row);
            TensorPrimitives.Divide(
                row, MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(row) / Math.Max(1, row.Length - 1)) + Epsilon, row);
        }

        return normalized;
    }

    // Negative elements are not kept, even if they are among the largest.
    private static Tensor KeepLargest(Computation run, Tensor latents, int count)
    {
        var mask = Tensor.Zeros(latents.Rows, latents.Columns);
        for (var i = 0; i < latents.Rows && count > 0; i++)
        {
            foreach (var index in SparseVector.Largest(latents.Row(i), count, 0).Indices.Span)
            {
                mask.Writable[(i * latents.Columns) + index] = 1;
            }
        }

        return run.Multiply(latents, mask);
    }
}
