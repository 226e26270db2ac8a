using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>Splits a word into tokens of a vocabulary.</summary>
internal abstract class Model
{
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

    /// <summary>Reads the <c>model</c> of a tokenizer.json; the oldest files don't name its type.</summary>
    public static Model Read(JsonSection json) => json.Type(TokenizerKeys.Models, Guess(json)) switch
    {
        "BPE" => Bpe.Read(json),
        "Unigram" => Unigram.Read(json),
        "WordLevel" => WordLevel.Read(json),
        _ => WordPiece.Read(json),
    };

    private static string Guess(JsonSection json) =>
        json.Optional("merges") is not null ? "BPE"
        : json.Optional("unk_id") is not null ? "Unigram"
        : json.Optional("max_input_chars_per_word") is not null || json.Optional("continuing_subword_prefix") is not null ? "WordPiece"
        : "WordLevel";
}
