using System.Text.Unicode;
using Semblance.Files.Protobuf;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;

namespace Semblance.Tokenizers.Loading;

/// <summary>Represents a SentencePiece <c>.model</c> file: a <c>ModelProto</c> of sentencepiece_model.proto.</summary>
internal sealed class SentencePieceModel
{
    private const int UnigramType = 1, BpeType = 2;

    private readonly string _path;
    private int _type = UnigramType;

    private SentencePieceModel(string path) => _path = path;

    /// <summary>Gets the pieces; the index of a piece is its id.</summary>
    public List<SentencePiece> Pieces { get; } = [];

    /// <summary>Gets the character map of the normalizer, or <see langword="null"/>.</summary>
    public CharacterMap? Map { get; private set; }

    /// <summary>Gets a value that indicates whether a space is added before the text.</summary>
    public bool AddsDummyPrefix { get; private set; } = true;

    /// <summary>Gets a value that indicates whether spaces at the ends are removed and several spaces become one.</summary>
    public bool RemovesExtraSpaces { get; private set; } = true;

    /// <summary>Gets a value that indicates whether unknown characters become the tokens of their bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Gets the id of the unknown piece.</summary>
    public int UnknownId { get; private set; }

    /// <summary>Gets a value that indicates whether this is a BPE model; otherwise, it is a unigram model.</summary>
    public bool IsBpe => _type == BpeType;

    /// <summary>Reads a model.</summary>
    public static SentencePieceModel Read(ReadOnlySpan<byte> content, string path)
    {
        var model = new SentencePieceModel(path);
        try
        {
            model.ReadFields(content);
        }
        catch (InvalidDataException e)
        {
            throw model.Error($"{e.Message}, expected a SentencePiece model; download the file again");
        }

        Vocabulary.CheckLengths(
            model.Pieces.Where(piece => !model.IsBpe || piece.Kind == SentencePieceKind.UserDefined).Select(piece => piece.Text), model.Error);
        model.UnknownId = model.Pieces.FindIndex(piece => piece.Kind == SentencePieceKind.Unknown);
        return model.UnknownId < 0
            ? throw model.Error($"there is no unknown piece among the {model.Pieces.Count}; download the file again")
            : model._type is UnigramType or BpeType ? model
            : throw model.Error($"the model type {model._type} is not supported; supported are {UnigramType} (unigram) and {BpeType} (BPE)");
    }

    /// <summary>Returns an exception for an error in this file.</summary>
    public TokenizerFormatException Error(string message) => new($"{_path}: {message}.");

    /// <summary>
    /// Returns the merges of a BPE model: each way to make a piece of two others, by the scores of the pieces, as the reference converts
    /// them.
    /// </summary>
    /// <param name="vocabulary">The vocabulary of the pieces.</param>
    public BpeMerges Merges(Vocabulary vocabulary)
    {
        var ends = new Trie(); // of the reversed pieces, so that one walk finds every piece that a piece ends with
        for (var id = 0; id < vocabulary.Size; id++)
        {
            if (vocabulary.TokenOf(id) is { } token && !ends.Add(Reversed(token), vocabulary.IdOf(token)))
            {
                throw Error(JsonSection.TooMuchText);
            }
        }

        var merges = new List<(int Left, int Right, int Id, float Score, int LeftLength, int RightLength)>();
        var rights = new List<int>();
        foreach (var (text, score, _) in Pieces)
        {
            if (vocabulary.IdOf(text) is not (>= 0 and var whole))
            {
                continue;
            }

            // The ids of the pieces that this piece ends with, by the start of each.
            rights.Clear();
            var node = 0;
            for (var cut = text.Length - 1; cut > 0; cut--)
            {
                node = node < 0 ? node : ends.Next(node, text[cut]);
                rights.Add(node < 0 ? -1 : ends.ValueAt(node));
            }

            var (first, characters, left) = (merges.Count, 0, 0);
            node = 0;
            for (var cut = 1; cut < text.Length && node >= 0; cut++)
            {
                node = vocabulary.Trie.Next(node, text[cut - 1]);
                left += char.IsLowSurrogate(text[cut - 1]) ? 0 : 1;
                if (node >= 0 && !char.IsLowSurrogate(text[cut]) && vocabulary.Trie.ValueAt(node) is >= 0 and var start && rights[^cut] is >= 0 and var end)
                {
                    characters = characters > 0 ? characters : CodePoints(text);
                    merges.Add((start, end, whole, score, left, characters - left));
                }
            }

            merges.Sort(first, merges.Count - first, Comparer<(int Left, int Right, int, float, int, int)>.Create(
                (one, other) => (one.Left, one.Right).CompareTo((other.Left, other.Right))));
        }

        return new BpeMerges([.. merges.OrderByDescending(merge => (merge.Score, merge.LeftLength, merge.RightLength)).Select(merge => (merge.Left, merge.Right, merge.Id))]);
    }

    private static string Reversed(string text) => string.Create(text.Length, text, (span, source) =>
    {
        source.CopyTo(span);
        span.Reverse();
    });

    private static int CodePoints(string text) => text.Length - text.Count(char.IsLowSurrogate);

    private void ReadFields(ReadOnlySpan<byte> content)
    {
        var reader = new ProtobufReader(content);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    Pieces.Add(ReadPiece(reader.Bytes));
                    break;
                case 2:
                    ReadTrainerSpec(reader.Bytes);
                    break;
                case 3:
                    ReadNormalizerSpec(reader.Bytes);
                    break;
            }
        }
    }

    private SentencePiece ReadPiece(ReadOnlySpan<byte> message)
    {
        var piece = new SentencePiece("", 0, SentencePieceKind.Normal);
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            piece = reader.Field switch
            {
                1 => piece with { Text = ReadText(reader.Bytes) },
                2 => piece with { Score = reader.Fixed32 },
                3 => piece with { Kind = (SentencePieceKind)reader.Varint32 },
                _ => piece,
            };
        }

        return float.IsFinite(piece.Score)
            ? piece
            : throw Error($"the score of piece {Pieces.Count}, '{piece.Text}', is not a finite number");
    }

    private string ReadText(ReadOnlySpan<byte> utf8) =>
        Utf8.IsValid(utf8) ? System.Text.Encoding.UTF8.GetString(utf8) : throw Error($"piece {Pieces.Count} is not UTF-8");

    private void ReadTrainerSpec(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 3:
                    _type = reader.Varint32;
                    break;
                case 24 when reader.Flag:
                    throw Error("'treat_whitespace_as_suffix' is on, which is not supported");
                case 35:
                    ByteFallback = reader.Flag;
                    break;
            }
        }
    }

    private void ReadNormalizerSpec(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 2 when !reader.Bytes.IsEmpty:
                    Map = CharacterMap.Read(reader.Bytes, Error);
                    break;
                case 3:
                    AddsDummyPrefix = reader.Flag;
                    break;
                case 4:
                    RemovesExtraSpaces = reader.Flag;
                    break;
                case 5 when !reader.Flag:
                    throw Error("'escape_whitespaces' is off, which is not supported");
            }
        }
    }
}
