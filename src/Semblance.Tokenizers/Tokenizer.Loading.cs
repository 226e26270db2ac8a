using System.Text.Json.Nodes;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers;

/// <content>Loading and saving.</content>
public sealed partial class Tokenizer
{
    /// <summary>
    /// Loads a tokenizer from a folder: from <c>tokenizer.json</c>, else from <c>vocab.json</c> with <c>merges.txt</c>, a SentencePiece
    /// model or <c>vocab.txt</c> (BERT); with the options and tokens in <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and
    /// <c>added_tokens.json</c>.
    /// </summary>
    /// <param name="folder">The folder with the files.</param>
    /// <exception cref="TokenizerFormatException">A file is missing or damaged, or needs a component that is not supported.</exception>
    public static Tokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new Tokenizer(TokenizerFiles.Read(folder));
    }

    /// <summary>
    /// Loads <c>tokenizer.json</c> without the files beside it, as Model2Vec and the StaticEmbedding module of sentence-transformers do. A
    /// folder without that file is loaded as <see cref="Load"/> does.
    /// </summary>
    /// <param name="folder">The folder with the files.</param>
    /// <exception cref="TokenizerFormatException">A file is missing or damaged, or needs a component that is not supported.</exception>
    public static Tokenizer LoadJson(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new Tokenizer(TokenizerFiles.ReadJsonAlone(folder));
    }

    /// <summary>Creates a BERT tokenizer from its vocabulary.</summary>
    /// <param name="vocabulary">
    /// The tokens; the index of a token is its id. <c>[UNK]</c>, <c>[CLS]</c> and <c>[SEP]</c> are required; <c>[PAD]</c> and <c>[MASK]</c>
    /// are used if present.
    /// </param>
    /// <param name="lowerCase">
    /// <see langword="true"/> (the default) to convert texts to lower case and strip accents; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The vocabulary lacks a required token, or has a token that cannot be written to a file.
    /// </exception>
    public static Tokenizer CreateBert(IReadOnlyList<string> vocabulary, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new Tokenizer(BertFiles.Create(vocabulary, lowerCase));
    }

    internal static Tokenizer FromFiles(TokenizerFiles files) => new(files);

    /// <summary>Creates a tokenizer from the contents of its files.</summary>
    /// <param name="json">The content of <c>tokenizer.json</c>.</param>
    /// <param name="configuration">The content of <c>tokenizer_config.json</c>, or <see langword="null"/>.</param>
    /// <exception cref="TokenizerFormatException">A content is damaged, or needs a component that is not supported.</exception>
    public static Tokenizer FromJson(string json, string? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        var files = new TokenizerFiles("") { [TokenizerFiles.Json] = System.Text.Encoding.UTF8.GetBytes(json) };
        if (configuration is not null)
        {
            files[TokenizerFiles.Configuration] = System.Text.Encoding.UTF8.GetBytes(configuration);
        }

        return new Tokenizer(files);
    }

    /// <summary>
    /// Returns this tokenizer for a model with a number of token embeddings. Special tokens that the configuration names, that the
    /// vocabulary lacks and whose ids would be out of range are left out, with a warning. The transformers library loads such a model and
    /// fails at the first text with the token.
    /// </summary>
    /// <param name="size">The number of token embeddings of the model.</param>
    /// <returns>This object if all ids are in range; otherwise, a new tokenizer.</returns>
    public Tokenizer LimitVocabulary(int size) => VocabularySize <= size ? this : new Tokenizer(_files.Again(), size);

    /// <summary>Returns this tokenizer without the <c>truncation</c> section of its <c>tokenizer.json</c>.</summary>
    /// <returns>This object if there is no such section; otherwise, a new tokenizer.</returns>
    public Tokenizer WithoutTruncation()
    {
        if (TruncationLength is null)
        {
            return this;
        }

        var json = JsonNode.Parse(_writeJson!())!;
        json["truncation"] = null;
        return new Tokenizer(new TokenizerFiles("") { [TokenizerFiles.Json] = System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()) });
    }

    /// <summary>
    /// Creates a tokenizer with more words, as added tokens of <c>tokenizer.json</c> (<c>add_tokens</c> of the transformers library). A word
    /// is found as a whole word, in the normalized text; where tokens begin with the space before them, it includes that space.
    /// </summary>
    /// <param name="words">The words; their ids follow the largest id, in order.</param>
    /// <returns>The new tokenizer.</returns>
    /// <exception cref="ArgumentException">A word is empty, is a token already, or occurs twice.</exception>
    /// <exception cref="NotSupportedException">
    /// The tokenizer was loaded from files that cannot be converted to a <c>tokenizer.json</c>.
    /// </exception>
    public Tokenizer AddWords(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (words.FirstOrDefault(word => string.IsNullOrWhiteSpace(word) || TokenToId(word) is not null || !seen.Add(word)) is { } unfit)
        {
            throw new ArgumentException($"The word '{unfit}' is empty, is a token already, or occurs twice.", nameof(words));
        }

        var json = JsonNode.Parse(JsonFiles()[TokenizerFiles.Json]!)!;
        var tokens = json["added_tokens"] as JsonArray ?? [];
        var next = Math.Max(_pipeline.Model.Count, _added.Keys.Append(-1).Max() + 1);
        foreach (var (i, word) in words.Index())
        {
            tokens.Add((JsonNode)TokenizerJson.Node(
                new AddedToken(next + i, word, SingleWord: true, TrimLeft: MarksSpaces, TrimRight: false, Normalized: true, Special: false)));
        }

        json["added_tokens"] = tokens;
        var files = _files.Again();
        files[TokenizerFiles.Json] = BertFiles.Write(writer => json.WriteTo(writer));
        return new Tokenizer(files);
    }

    /// <summary>
    /// Writes the files that the tokenizer was loaded from, unchanged, in one step. Files of another tokenizer in the folder are removed;
    /// all other files stay.
    /// </summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <exception cref="IOException">The files cannot be written; the folder is unchanged.</exception>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _files.Save(folder);
    }

    /// <summary>
    /// Writes <c>tokenizer.json</c> alone, in one step: the file that was read or that <c>vocab.txt</c> was converted to, with the changes
    /// that the other files make. All other files in the folder stay.
    /// </summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <exception cref="NotSupportedException">
    /// The tokenizer was loaded from files that cannot be converted to a <c>tokenizer.json</c>.
    /// </exception>
    public void SaveJson(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        JsonFiles().Add(folder);
    }

    /// <summary>Checks that <see cref="SaveJson"/> is supported for this tokenizer, without writing a file.</summary>
    /// <exception cref="NotSupportedException">
    /// The tokenizer was loaded from files that cannot be converted to a <c>tokenizer.json</c>.
    /// </exception>
    public void CheckJson() => _ = JsonFiles();

    private TokenizerFiles JsonFiles()
    {
        var json = _writeJson?.Invoke() ?? throw new NotSupportedException($"{_files.PathOf(TokenizerFiles.Json)}: is missing, and can be made of a {TokenizerFiles.Vocabulary} only; save the tokenizer with a {TokenizerFiles.Json} first.");
        return new TokenizerFiles(Path.GetDirectoryName(_files.PathOf(TokenizerFiles.Json)) ?? "") { [TokenizerFiles.Json] = json };
    }
}
