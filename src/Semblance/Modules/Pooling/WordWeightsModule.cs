using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Words;

namespace Semblance.Modules;

/// <summary>
/// Multiplies token vectors by weights of their words, such as inverse document frequencies; a mean pooling after it computes a weighted
/// mean. The weights are not trained.
/// </summary>
public sealed class WordWeightsModule : Module
{
    private static readonly KnownKeys Keys = new KnownKeys().Supported("unknown_word_weight", "vocab", "word_weights");

    private readonly WeightedWords _words;

    /// <summary>Initializes a new instance of the <see cref="WordWeightsModule"/> class.</summary>
    /// <param name="vocabulary">The words of the tokenizer; the index of a word is its id.</param>
    /// <param name="weights">The weights of words; words that are not in the vocabulary are ignored.</param>
    /// <param name="unknownWeight">The weight of words that have none; 1 by default.</param>
    public WordWeightsModule(IEnumerable<string> vocabulary, IReadOnlyDictionary<string, float> weights, float unknownWeight = 1)
        : this(new WeightedWords(vocabulary, weights, unknownWeight))
    {
    }

    private WordWeightsModule(WeightedWords words) => _words = words;

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.WordWeights";

    /// <summary>Gets the weight of each word of the vocabulary.</summary>
    public IReadOnlyList<float> Weights => _words.OfWords;

    /// <summary>Loads the module from <c>config.json</c> in its folder.</summary>
    /// <exception cref="ModelFormatException">The configuration is damaged.</exception>
    public static WordWeightsModule Load(string folder)
    {
        var config = WordTokenizer.Read(folder, "config.json").Check(Keys);
        return new WordWeightsModule(WeightedWords.Read(config)) { Warnings = config.Warnings };
    }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireTokens();
        shape.Require(
            shape.VocabularySize is null || shape.VocabularySize <= Weights.Count,
            $"has weights of {Weights.Count} words, but the tokenizer has {shape.VocabularySize}");
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        var tokens = TokenEmbeddings(features);
        var batch = features.Batch;
        var (factors, sums) = (new float[batch.TokenCount], new float[batch.Count]);
        for (var text = 0; text < batch.Count; text++)
        {
            for (var token = batch.Offsets[text]; token < batch.Offsets[text + 1]; token++)
            {
                var id = batch.TokenIds[token];
                factors[token] = id < _words.OfWords.Length
                    ? _words.OfWords[id]
                    : throw new InvalidOperationException($"{Type} has weights of {_words.OfWords.Length} words, but the text has one with "
                        + $"the id {id}; the vocabulary is not that of the tokenizer.");
                sums[text] += factors[token];
            }
        }

        features.TokenEmbeddings = run.ScaleRows(tokens, factors);
        features.TokenWeightSums = sums;
    }

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32) => JsonFile.Write(Path.Combine(folder, "config.json"), json =>
    {
        json.WriteStartObject();
        _words.Write(json);
        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public override string ToString() => $"WordWeights({_words.Weights.Count:N0} of {_words.Vocabulary.Count:N0} words)";
}
