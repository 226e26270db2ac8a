using System.Text.Json;
using System.Text.Unicode;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>Represents the files of a tokenizer, in memory.</summary>
internal sealed class TokenizerFiles(string folder)
{
    /// <summary>The file with the whole pipeline.</summary>
    public const string Json = "tokenizer.json";

    /// <summary>The file of a WordPiece vocabulary, with one token per line.</summary>
    public const string Vocabulary = "vocab.txt";

    /// <summary>The file of a BPE vocabulary: tokens and their ids.</summary>
    public const string BpeVocabulary = "vocab.json";

    /// <summary>The file of the merges of a BPE vocabulary, with two tokens per line.</summary>
    public const string Merges = "merges.txt";

    /// <summary>The file of the options.</summary>
    public const string Configuration = "tokenizer_config.json";

    /// <summary>The file of the names of the special tokens.</summary>
    public const string SpecialTokens = "special_tokens_map.json";

    /// <summary>The file of the added tokens and their ids, as older versions wrote it.</summary>
    public const string AddedTokens = "added_tokens.json";

    /// <summary>The names of the files of SentencePiece models.</summary>
    public static readonly string[] SentencePieceModels = ["spiece.model", "spm.model", "sentencepiece.bpe.model", "tokenizer.model"];

    private const long LargestFile = 1L << 28;

    private readonly Dictionary<string, byte[]> _files = [];

    /// <summary>Gets or sets the content of a file; <see langword="null"/> if it is missing.</summary>
    public byte[]? this[string name]
    {
        get => _files.GetValueOrDefault(name);
        set => _files[name] = value!;
    }

    /// <summary>Gets the warnings about the files.</summary>
    public LoadingWarnings Warnings { get; init; } = new();

    /// <summary>Gets the path of the file that the tokenizer is read from, for messages.</summary>
    public string Path => PathOf(((string[])[Json, BpeVocabulary, .. SentencePieceModels, Vocabulary]).FirstOrDefault(_files.ContainsKey) ?? Json);

    /// <summary>Returns the path of a file, for messages.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(folder, name);

    /// <summary>Reads the files of a folder.</summary>
    public static TokenizerFiles Read(string folder)
    {
        AtomicFolder.Recover(folder.Length > 0 ? folder : ".");
        if (!Directory.Exists(folder))
        {
            throw new TokenizerFormatException($"{folder}: there is no such folder; expected a folder with {Json} or {Vocabulary}.");
        }

        var files = new TokenizerFiles(folder);
        string[] names = [Json, Vocabulary, BpeVocabulary, Merges, .. SentencePieceModels, Configuration, SpecialTokens, AddedTokens];
        foreach (var name in names)
        {
            var path = files.PathOf(name);
            if (File.Exists(path))
            {
                files[name] = ReadFile(path);
            }
        }

        return files;
    }

    /// <summary>Reads tokenizer.json alone, for libraries that do not read the files beside it; all files if it is missing.</summary>
    public static TokenizerFiles ReadJsonAlone(string folder)
    {
        var files = new TokenizerFiles(folder);
        var path = files.PathOf(Json);
        if (!File.Exists(path))
        {
            return Read(folder);
        }

        files[Json] = ReadFile(path);
        return files;
    }

    /// <summary>Returns the same files, without warnings.</summary>
    public TokenizerFiles Again()
    {
        var again = new TokenizerFiles(folder);
        foreach (var (name, content) in _files)
        {
            again[name] = content;
        }

        return again;
    }

    /// <summary>Reads a JSON file; returns <see langword="null"/> if it is missing.</summary>
    public JsonSection? ReadJson(string name)
    {
        if (this[name] is not { } content)
        {
            return null;
        }

        var path = PathOf(name);
        try
        {
            var root = new JsonSection(JsonText.Parse(content).RootElement, path, Warnings);
            _ = root.Members();
            return root;
        }
        catch (JsonException exception)
        {
            throw new TokenizerFormatException(
                $"{path}: cannot be read as JSON: {exception.Message.TrimEnd('.')}; download the file again.", exception);
        }
    }

    /// <summary>Returns the text of a file that exists.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="expected">The expected content, for messages.</param>
    public string ReadText(string name, string expected)
    {
        var content = this[name]!;
        return Utf8.IsValid(content) ? System.Text.Encoding.UTF8.GetString(content) : throw new TokenizerFormatException(
            content is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] ? $"{PathOf(name)}: the text is UTF-16, expected UTF-8; convert it."
            : content is [0x1F, 0x8B, ..] ? $"{PathOf(name)}: the file is compressed by gzip, expected {expected}; unpack it."
            : $"{PathOf(name)}: found bytes that are not UTF-8, expected {expected}; download the file again.");
    }

    /// <summary>Writes the files to a folder in one step; files of another tokenizer are removed, all other files stay.</summary>
    public void Save(string target) => AtomicFolder.Write(target, IsOwn, Add);

    /// <summary>Writes the files to a folder, each in one step; all other files stay.</summary>
    public void Add(string target)
    {
        Directory.CreateDirectory(target);
        foreach (var (name, content) in _files)
        {
            using var file = new AtomicFile(System.IO.Path.Combine(target, name));
            file.Stream.Write(content);
            file.Commit();
        }
    }

    // A loader would read these files as part of the new tokenizer.
    private static bool IsOwn(string name) =>
        name is Json or Vocabulary or BpeVocabulary or Merges or Configuration or SpecialTokens or "added_tokens.json" || SentencePieceModels.Contains(name);

    private static byte[] ReadFile(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= LargestFile
                ? File.ReadAllBytes(path)
                : throw new TokenizerFormatException(
                    $"{path}: the file has {length} bytes, expected at most {LargestFile}; is this a file of a tokenizer?");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerFormatException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }
}
