using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>
/// Represents a model, which splits a word into tokens of a vocabulary. Implementations are thread-safe; a program can derive its own and
/// add it to <see cref="Types"/>.
/// </summary>
public abstract class Model
{
    /// <summary>Gets the types of models, to which a program can add its own.</summary>
    public static ComponentTypes<Model> Types { get; } = new ComponentTypes<Model>()
        .Add("BPE", Bpe.Read, new KnownKeys()
            .Supported("byte_fallback", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "ignore_merges", "merges", "unk_token", "vocab")
            .Unsupported("dropout", "null: a text has the same tokens each time", "0", "0.0"))
        .Add("Unigram", Unigram.Read, "byte_fallback", "unk_id", "vocab")
        .Add("WordLevel", WordLevel.Read, "unk_token", "vocab")
        .Add("WordPiece", WordPiece.Read, "continuing_subword_prefix", "max_input_chars_per_word", "unk_token", "vocab");

    /// <summary>Gets the highest id plus 1.</summary>
    public abstract int Size { get; }

    /// <summary>
    /// Gets the number of tokens, after which added tokens are numbered; less than <see cref="Size"/> if there are gaps in the ids.
    /// </summary>
    public abstract int Count { get; }

    /// <summary>Gets the id of the unknown token, or <see langword="null"/> if there is none.</summary>
    public abstract int? UnknownId { get; }

    /// <summary>
    /// Gets the prefix of tokens that continue a word, such as <c>##</c>; <see langword="null"/> or empty if tokens have none.
    /// </summary>
    public virtual string? ContinuingSubwordPrefix => null;

    /// <summary>Returns the id of a token, or <see langword="null"/> if it is not in the vocabulary.</summary>
    /// <param name="token">The token.</param>
    public abstract int? TokenToId(string token);

    /// <summary>Returns the token with an id, or <see langword="null"/> if there is none.</summary>
    /// <param name="id">The id.</param>
    public abstract string? IdToToken(int id);

    /// <summary>Appends the tokens of the word <c>text[start..end]</c>.</summary>
    /// <param name="text">The normalized text.</param>
    /// <param name="start">The start of the word.</param>
    /// <param name="end">The end of the word.</param>
    /// <param name="tokens">Receives the tokens, with their ranges in <paramref name="text"/>.</param>
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
