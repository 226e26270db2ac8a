using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Tensors;
using Semblance.Transformers.Bert;

namespace Semblance.Transformers.Tasks;

/// <summary>
/// The head for masked words (Devlin et al. 2019, arXiv:1810.04805) of BERT and the encoders after it: a dense layer, a layer norm, and the
/// word table as the last layer. Parameter names are those of the original's <c>…ForMaskedLM</c>.
/// </summary>
public sealed class MaskedLanguageModelHead : VocabularyHead
{
    private readonly BertEncoder _body;
    private readonly TaskNames _names;
    private readonly Linear _dense;
    private readonly LayerNorm _norm;

    internal MaskedLanguageModelHead(BertEncoder body, Weights weights, bool tied = false)
    {
        _body = body;
        _names = body.TaskNames;
        int vocabulary = body.VocabularySize, width = body.WordWidth;
        _dense = weights.Linear(_names.MaskedDense, width, body.HiddenSize);
        _norm = weights.LayerNorm(_names.MaskedNorm, width, _names.MaskedEpsilon);
        var words = !tied && weights.Contains(_names.MaskedWords) ? weights.Tensor(_names.MaskedWords, vocabulary, width) : body.Words;
        var bias = weights.Tensor(_names.MaskedBias, vocabulary);
        Decoder = new Linear(words, weights.Check() ? bias : null);
    }

    /// <summary>The transformer that the head stands on.</summary>
    public Transformer Body => _body;

    /// <summary>The last layer, from <see cref="Transform"/> to the vocabulary. Its weight is the body's word table, unless the file has one of its own.</summary>
    public override Linear Decoder { get; }

    /// <summary>Loads the head of a folder to be trained with a body, whose word table it shares.</summary>
    /// <param name="folder">A folder with <c>config.json</c> and weights.</param>
    /// <param name="body">The body, of the same sizes; usually of the same folder.</param>
    /// <returns>The head, or null where the folder has only a body.</returns>
    /// <exception cref="ArgumentException">The body has no such head.</exception>
    /// <exception cref="ModelFormatException">The head is of other sizes, or has a word table of its own.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read.</exception>
    public static MaskedLanguageModelHead? Load(string folder, Transformer body)
    {
        var encoder = Encoder(body);
        var config = ConfigurationFile.OfModel(folder);
        var weights = new CheckpointWeights(Checkpoint.Open(folder), body.WeightPrefix, writable: true);
        if (!weights.Contains(encoder.TaskNames.MaskedBias))
        {
            return null;
        }

        return config.Flag("tie_word_embeddings", true)
            ? new MaskedLanguageModelHead(encoder, weights, tied: true)
            : throw config.Fault("tie_word_embeddings", "is false; only heads that share the body's word table can be trained");
    }

    /// <summary>A head that has learned nothing.</summary>
    /// <param name="body">The body, whose word table the head shares.</param>
    /// <param name="seed">The same seed gives the same head.</param>
    /// <exception cref="ArgumentException">The body has no such head.</exception>
    public static MaskedLanguageModelHead CreateRandom(Transformer body, int seed) => new(Encoder(body), new RandomWeights(seed), tied: true);

    /// <summary>What stands before the last layer: dense, activation and norm.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="hidden"><c>[tokens × hidden]</c>: all tokens, or those that are to be predicted.</param>
    /// <returns><c>[tokens × width of the word table]</c>.</returns>
    public override Tensor Transform(Computation run, Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var dense = run.Linear(hidden, _dense, _names.MaskedActivation);
        return run.LayerNorm(dense, _norm);
    }

    /// <summary>The head's own parameters; the word table is the body's.</summary>
    public IEnumerable<Parameter> Parameters() =>
        [.. _dense.Parameters(_names.MaskedDense), .. _norm.Parameters(_names.MaskedNorm), new(_names.MaskedBias, Decoder.Bias!)];

    /// <summary>Makes a folder that the body was written to one of the original's <c>…ForMaskedLM</c>: <c>config.json</c> and <c>model.safetensors</c> with body and head.</summary>
    /// <param name="folder">The folder, as <see cref="Transformer.Save"/> left it.</param>
    /// <param name="weights">The type that parameters are written in, that of the body.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string folder, DType weights = DType.F32)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in _body.Parameters())
        {
            writer.Add(_body.WeightPrefix + name, tensor, weights);
        }

        foreach (var (name, tensor) in Parameters())
        {
            writer.Add(name, tensor, weights);
        }

        AtomicFolder.Write(folder, Transformer.IsOwnFile, written =>
        {
            var configuration = Path.Combine(written, "config.json");
            if (!File.Exists(configuration))
            {
                File.Copy(Path.Combine(folder, "config.json"), configuration);
            }

            writer.Save(Path.Combine(written, "model.safetensors"));
            ConfigurationFile.Read(configuration).SaveWith("architectures", json =>
            {
                json.WriteStartArray();
                json.WriteStringValue(_names.Class + "ForMaskedLM");
                json.WriteEndArray();
            });
        });
    }

    private static BertEncoder Encoder(Transformer body) => body as BertEncoder
        ?? throw new ArgumentException($"The head stands on BERT or an encoder like it, but the body is a {body?.ModelType ?? "null"}.", nameof(body));
}
