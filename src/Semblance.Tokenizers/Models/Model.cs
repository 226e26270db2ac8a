using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>Splits a word into tokens of a vocabulary.</summary>
public abstract class Model
{
    /// <summary>Gets the types of models, to which a program can add its own.</summary>
    public static ComponentTypes<Model> Types { get; } = new ComponentTypes<Model>()
        .Add("BPE", Bpe.Read, new KnownKeys()
            .Honoured("byte_fallback", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "ignore_merges", "merges", "unk_token", "vocab")
            .Unsupported("dropout", "null: a text has the same tokens each time", "0", "0.0"))
        .Add("Unigram", Unigram.Read, "byte_fallback", "unk_id", "vocab")
        .Add("WordLevel", WordLevel.Read, "unk_token", "vocab")
        .Add("WordPiece", WordPiece.Read, "continuing_subword_prefix", "max_input_chars_per_word", "unk_token", "vocab");

    /// <summary>One more than the highest id.</summary>
    public abstract int Size { get; }

    /// <summary>The number of tokens, from which added tokens count on; less than <see cref="Size"/> where ids are left out.</summary>
    public abstract int Count { get; }

    /// <summary>The id of the token for what the vocabulary lacks, or null.</summary>
    public abstract int? UnknownId { get; }

    /// <summary>The id of a token, or null.</summary>
    public abstract int? TokenToId(string token);

    /// <summary>The token with an id, or null.</summary>
    public abstract string? IdToToken(int id);

    /// <summary>Appends the tokens of the word <c>text[start..end]</c>, with ranges of <paramref name="text"/>.</summary>
    public abstract void Tokenize(ReadOnlySpan<char> text, int start, int end, TokenList tokens);

    /// <summary>Makes the model from the <c>model</c> section of a <c>tokenizer.json</c>. The oldest files do not name its type.</summary>
    /// <param name="json">The section.</param>
    /// <exception cref="TokenizerFormatException">The type is not supported, or a value is not valid.</exception>
    public static Model Read(JsonSection json) => Types.Read(json, Guess(json));

    private static string Guess(JsonSection json) =>
        json.Optional("merges") is not null ? "BPE"
        : json.Optional("unk_id") is not null ? "Unigram"
        : json.Optional("max_input_chars_per_word") is not null || json.Optional("continuing_subword_prefix") is not null ? "WordPiece"
        : "WordLevel";
}
