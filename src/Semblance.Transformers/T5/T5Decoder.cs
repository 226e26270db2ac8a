using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Transformers.T5;

/// <summary>The decoder of T5 (Raffel et al. 2020, arXiv:1910.10683), as in transformers' <c>T5ForConditionalGeneration</c>.</summary>
public sealed class T5Decoder
{
    private const string HeadName = "lm_head.weight";

    private readonly T5Config _config;
    private readonly T5Stack _decoder;
    private readonly Tensor _words;
    private readonly Linear _head;
    private readonly bool _ownsHead;

    private T5Decoder(T5Model encoder, Weights weights)
    {
        _config = encoder.Config;
        _words = encoder.Words;
        _decoder = new T5Stack(_config, weights, decoder: true);
        // Newer files of T5 1.1 call the head tied and say of the scale alone that it is not.
        _ownsHead = !_config.TieWordEmbeddings || (!_config.ScaleDecoderOutputs && weights.Contains(HeadName));
        _head = new Linear(_ownsHead ? weights.Tensor(HeadName, _config.VocabSize, _config.DModel) : _words, null);
    }

    /// <summary>Loads the decoder of a model.</summary>
    /// <param name="encoder">The model's encoder, whose word table the decoder shares.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit the encoder's configuration.</exception>
    public static T5Decoder Load(T5Model encoder, Checkpoint checkpoint, bool trainable = false)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return Create(encoder, new CheckpointWeights(checkpoint, "", trainable, encoder.Parameters().Select(parameter => parameter.Name)), trainable);
    }

    internal static T5Decoder Create(T5Model encoder, Weights weights, bool trainable)
    {
        var decoder = new T5Decoder(encoder, weights);
        if (weights.Check() && !trainable)
        {
            decoder._decoder.Prepare();
            decoder._head.Prepare();
        }

        return decoder;
    }

    /// <summary>The last hidden states of a batch: at each token, what the decoder knows of the next.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="batch">The tokens so far, from the decoder's start token on.</param>
    /// <param name="states"><c>[encoder tokens × hidden]</c>, what the encoder made.</param>
    /// <param name="encoderBatch">Where the states of each sequence lie.</param>
    /// <param name="hiddenStates">Filled with the embedding output and the output of each layer, the last after the final norm, unless null.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">The states do not fit the batch, or a token id is outside the model's table.</exception>
    public Tensor Forward(Computation run, PackedBatch batch, Tensor states, PackedBatch encoderBatch, IList<Tensor>? hiddenStates = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(encoderBatch);
        return states.Rows == encoderBatch.TokenCount && states.Columns == _config.DModel
            ? _decoder.Forward(run, batch, _words, hiddenStates, new EncodedSource(encoderBatch, states))
            : throw new ArgumentException($"The decoder wants encoder states of [{encoderBatch.TokenCount} × {_config.DModel}], not {states}.", nameof(states));
    }

    /// <summary>The last hidden states of the next tokens of sequences that all come from one source.</summary>
    internal Tensor Continue(Computation run, PackedBatch batch, EncodedSource source) => _decoder.Forward(run, batch, _words, null, source);

    /// <summary>The source of a generation: what the layers make of the encoder's states, once.</summary>
    internal EncodedSource Remember(Computation run, Tensor states, PackedBatch encoderBatch) => new(encoderBatch, null, _decoder.Project(run, states));

    /// <summary>The scores of every word as the next token, before softmax.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>, from <see cref="Forward"/>.</param>
    /// <returns><c>[tokens × vocabulary]</c>.</returns>
    public Tensor Logits(Computation run, Tensor hidden)
    {
        if (!_config.ScaleDecoderOutputs)
        {
            return run.Linear(hidden, _head);
        }

        using var scaled = run.Scale(hidden, 1 / MathF.Sqrt(_config.DModel));
        return run.Linear(scaled, _head);
    }

    /// <summary>The decoder's own parameters under the names of the original; the word table is the encoder's.</summary>
    public IEnumerable<Parameter> Parameters() => [.. _decoder.Parameters(), .. _ownsHead ? _head.Parameters("lm_head") : []];
}
