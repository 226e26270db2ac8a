using System.Text.Json;
using Semblance.Transformers;

namespace Semblance.Words;

/// <summary>Represents a vocabulary and the weights of some of its words, such as inverse document frequencies.</summary>
internal sealed class WeightedWords
{
    public WeightedWords(IEnumerable<string> vocabulary, IReadOnlyDictionary<string, float> weights, float unknownWeight)
    {
        Vocabulary = [.. vocabulary];
        Weights = weights;
        UnknownWeight = unknownWeight;

        // The weight of the word, or else that of its lower-case form.
        OfWords = [.. Vocabulary.Select(word => weights.TryGetValue(word, out var own)
            || weights.TryGetValue(word.ToLowerInvariant(), out own) ? own : unknownWeight)];
    }

    public IReadOnlyList<string> Vocabulary { get; }

    public IReadOnlyDictionary<string, float> Weights { get; }

    /// <summary>Gets the weight of a word that has none.</summary>
    public float UnknownWeight { get; }

    /// <summary>Gets the weight of each word of the vocabulary.</summary>
    public float[] OfWords { get; }

    public static WeightedWords Read(ConfigurationFile config)
    {
        var weights = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var (word, value) in config.Section("word_weights")?.Root.EnumerateObject().Select(entry => (entry.Name, entry.Value))
            ?? [])
        {
            weights[word] = value.ValueKind == JsonValueKind.Number && float.IsFinite((float)value.GetDouble())
                ? (float)value.GetDouble()
                : throw config.Fault("word_weights", $"has '{word}': {value.GetRawText()}; expected a number");
        }

        return config.Texts("vocab") is { Count: > 0 } vocabulary
            ? new WeightedWords(vocabulary, weights, config.Number("unknown_word_weight", 1))
            : throw config.Fault("vocab", "has no words; expected a list of them");
    }

    public void Write(Utf8JsonWriter json)
    {
        WordTokenizer.WriteWords(json, "vocab", Vocabulary);
        json.WriteStartObject("word_weights");
        foreach (var (word, weight) in Weights)
        {
            json.WriteNumber(word, weight);
        }

        json.WriteEndObject();
        json.WriteNumber("unknown_word_weight", UnknownWeight);
    }
}
