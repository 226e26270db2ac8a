using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>The files that make a tokenizer, in memory.</summary>
internal sealed class TokenizerFiles(string folder)
{
    /// <summary>The whole pipeline in one file.</summary>
    public const string Json = "tokenizer.json";

    /// <summary>A WordPiece vocabulary: a token a line.</summary>
    public const string Vocabulary = "vocab.txt";

    /// <summary>A BPE vocabulary: tokens and their ids.</summary>
    public const string BpeVocabulary = "vocab.json";

    /// <summary>The merges of a BPE vocabulary: two tokens a line.</summary>
    public const string Merges = "merges.txt";

    /// <summary>The tokenizer's options.</summary>
    public const string Configuration = "tokenizer_config.json";

    /// <summary>The special tokens' names.</summary>
    public const string SpecialTokens = "special_tokens_map.json";

    /// <summary>The names that SentencePiece models go by.</summary>
    public static readonly string[] SentencePieceModels = ["spiece.model", "spm.model", "sentencepiece.bpe.model", "tokenizer.model"];

    private const long LargestFile = 1L << 28;

    private readonly Dictionary<string, byte[]> _files = [];

    /// <summary>The content of a file, null where it is absent.</summary>
    public byte[]? this[string name]
    {
        get => _files.GetValueOrDefault(name);
        set => _files[name] = value!;
    }

    /// <summary>Where a file lies, for messages.</summary>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Reads the files that are in a folder.</summary>
    public static TokenizerFiles Read(string folder)
    {
        AtomicFolder.Recover(folder.Length > 0 ? folder : ".");
        if (!Directory.Exists(folder))
        {
            throw new TokenizerFormatException($"{folder}: there is no such folder; expected one with {Json} or {Vocabulary}.");
        }

        var files = new TokenizerFiles(folder);
        foreach (var name in (string[])[Json, Vocabulary, BpeVocabulary, Merges, .. SentencePieceModels, Configuration, SpecialTokens])
        {
            var path = files.PathOf(name);
            if (File.Exists(path))
            {
                files[name] = ReadFile(path);
            }
        }

        return files;
    }

    /// <summary>A JSON file, or null where it is absent.</summary>
    public JsonSection? ReadJson(string name)
    {
        if (this[name] is not { } content)
        {
            return null;
        }

        var path = PathOf(name);
        try
        {
            var root = new JsonSection(JsonText.Parse(content).RootElement, path);
            _ = root.Members();
            return root;
        }
        catch (JsonException exception)
        {
            throw new TokenizerFormatException(
                $"{path}: cannot be read as JSON: {exception.Message.TrimEnd('.')}; download the file again.", exception);
        }
    }

    /// <summary>Writes the files to a folder in one step; files of another tokenizer there are removed, all others stay.</summary>
    public void Save(string target) => AtomicFolder.Write(target, IsOwn, Add);

    /// <summary>Writes the files to a folder, each in one step, beside all others.</summary>
    public void Add(string target)
    {
        Directory.CreateDirectory(target);
        foreach (var (name, content) in _files)
        {
            using var file = new AtomicFile(Path.Combine(target, name));
            file.Stream.Write(content);
            file.Commit();
        }
    }

    // A loader would take them for the new one's.
    private static bool IsOwn(string name) =>
        name is Json or Vocabulary or BpeVocabulary or Merges or Configuration or SpecialTokens or "added_tokens.json" || SentencePieceModels.Contains(name);

    private static byte[] ReadFile(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= LargestFile
                ? File.ReadAllBytes(path)
                : throw new TokenizerFormatException($"{path}: has {length} bytes, expected at most {LargestFile}; is this a tokenizer's file?");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerFormatException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }
}
