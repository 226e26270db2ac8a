using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Modules;

/// <summary>
/// Computes a bag of words: a vector with one element for each word of the vocabulary, the weight of the word times its count in the text,
/// or its weight alone.
/// </summary>
public sealed class BoWModule : InputModule
{
    private static readonly KnownKeys Keys = new KnownKeys().Supported(
        "cumulative_term_frequency", "unknown_word_weight", "vocab", "word_weights");

    private readonly WeightedWords _words;
    private readonly WhitespaceTokenizer _tokenizer;

    /// <summary>Initializes a new instance of the <see cref="BoWModule"/> class.</summary>
    /// <param name="vocabulary">The words; duplicates are left out.</param>
    /// <param name="weights">The weights of words, such as inverse document frequencies; null for none.</param>
    /// <param name="unknownWeight">The weight of words that have none; 1 by default.</param>
    /// <param name="cumulative">
    /// <see langword="true"/>, the default, to multiply a word's weight by its count in the text; otherwise, <see langword="false"/>.
    /// </param>
    public BoWModule(IEnumerable<string> vocabulary, IReadOnlyDictionary<string, float>? weights = null,
        float unknownWeight = 1, bool cumulative = true)
        : this(new WeightedWords(vocabulary.Distinct(StringComparer.Ordinal), weights ?? new Dictionary<string, float>(), unknownWeight),
            cumulative)
    {
    }

    private BoWModule(WeightedWords words, bool cumulative)
    {
        _words = words;
        _tokenizer = new WhitespaceTokenizer(words.Vocabulary, stopWords: []);
        IsCumulative = cumulative;
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.BoW";

    /// <summary>Gets a value that indicates whether a word's weight is multiplied by its count in the text.</summary>
    public bool IsCumulative { get; }

    /// <summary>Gets the words, in the order of the vector's elements.</summary>
    public IReadOnlyList<string> Vocabulary => _words.Vocabulary;

    /// <inheritdoc/>
    public override int VocabularySize => Vocabulary.Count;

    /// <inheritdoc/>
    public override bool MakesSentenceEmbeddings => true;

    /// <inheritdoc/>
    public override bool SavesInRoot => false;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.SentenceWidth = Vocabulary.Count;
    }

    /// <summary>Loads the module from <c>config.json</c> in its folder.</summary>
    /// <exception cref="ModelFormatException">The configuration is damaged.</exception>
    public static BoWModule Load(string folder)
    {
        var config = WordTokenizer.Read(folder, "config.json").Check(Keys);
        var words = WeightedWords.Read(config);
        return new BoWModule(words.Vocabulary, words.Weights, words.UnknownWeight,
            config.Flag("cumulative_term_frequency", true))
        { Warnings = config.Warnings };
    }

    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text) => new(_tokenizer.Tokenize(text));

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var batch = features.Batch;
        var vectors = Tensor.Zeros(batch.Count, Vocabulary.Count);
        var elements = vectors.Writable;
        for (var text = 0; text < batch.Count; text++)
        {
            foreach (var id in batch.TokenIds[batch.Offsets[text]..batch.Offsets[text + 1]])
            {
                ref var element = ref elements[(text * Vocabulary.Count) + id];
                element = IsCumulative ? element + _words.OfWords[id] : _words.OfWords[id];
            }
        }

        features.SentenceEmbeddings = vectors;
    }

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32) => JsonFile.Write(Path.Combine(folder, "config.json"), json =>
    {
        json.WriteStartObject();
        _words.Write(json);
        json.WriteBoolean("cumulative_term_frequency", IsCumulative);
        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public override string ToString() => $"BoW({Vocabulary.Count:N0} words)";
}
