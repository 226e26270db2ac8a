using System.Text.Unicode;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;

namespace Semblance.Tokenizers.Loading;

/// <summary>What a SentencePiece <c>.model</c> holds: a <c>ModelProto</c> of sentencepiece_model.proto.</summary>
internal sealed class SentencePieceModel
{
    private const int UnigramType = 1, BpeType = 2;

    private readonly string _path;
    private int _type = UnigramType;

    private SentencePieceModel(string path) => _path = path;

    /// <summary>The pieces; a piece's place is its id.</summary>
    public List<SentencePiece> Pieces { get; } = [];

    /// <summary>The replacements of the normalizer, or null.</summary>
    public CharacterMap? Map { get; private set; }

    /// <summary>A space is put before the text.</summary>
    public bool AddsDummyPrefix { get; private set; } = true;

    /// <summary>Spaces at the ends are left out, and several are one.</summary>
    public bool RemovesExtraSpaces { get; private set; } = true;

    /// <summary>Characters that the vocabulary lacks become bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>The id of the unknown piece.</summary>
    public int UnknownId { get; private set; }

    /// <summary>True for byte-pair encoding, false for a unigram model.</summary>
    public bool IsBpe => _type == BpeType;

    /// <summary>Reads a model.</summary>
    public static SentencePieceModel Read(ReadOnlySpan<byte> content, string path)
    {
        var model = new SentencePieceModel(path);
        var reader = new ProtobufReader(content, path);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    model.Pieces.Add(model.ReadPiece(reader.Bytes));
                    break;
                case 2:
                    model.ReadTrainerSpec(reader.Bytes);
                    break;
                case 3:
                    model.ReadNormalizerSpec(reader.Bytes);
                    break;
            }
        }

        model.UnknownId = model.Pieces.FindIndex(piece => piece.Kind == SentencePieceKind.Unknown);
        return model.UnknownId < 0 ? throw model.Error($"has no unknown piece among {model.Pieces.Count}; download the file again")
            : model._type is UnigramType or BpeType ? model
            : throw model.Error($"has model type {model._type}, which is not supported; supported are {UnigramType} (unigram) and {BpeType} (BPE)");
    }

    /// <summary>An error in this file.</summary>
    public TokenizerFormatException Error(string message) => new($"{_path}: {message}.");

    /// <summary>
    /// The merges of a BPE model: every way to make a piece of two others, by the pieces' scores; as the reference converts them.
    /// </summary>
    /// <param name="vocabulary">The pieces that the model's tokens are.</param>
    public BpeMerges Merges(Vocabulary vocabulary)
    {
        var merges = new List<(int Left, int Right, int Id, float Score, int LeftLength, int RightLength)>();
        foreach (var (text, score, _) in Pieces)
        {
            var first = merges.Count;
            var id = vocabulary.IdOf(text);
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (char.IsLowSurrogate(text[cut]))
                {
                    continue;
                }

                var (left, right) = (vocabulary.IdOf(text.AsSpan(0, cut)), vocabulary.IdOf(text.AsSpan(cut)));
                if (left >= 0 && right >= 0 && id >= 0)
                {
                    var leftLength = CodePoints(text.AsSpan(0, cut));
                    merges.Add((left, right, id, score, leftLength, CodePoints(text) - leftLength));
                }
            }

            merges.Sort(first, merges.Count - first, Comparer<(int Left, int Right, int, float, int, int)>.Create(
                (one, other) => (one.Left, one.Right).CompareTo((other.Left, other.Right))));
        }

        return new BpeMerges([.. merges.OrderByDescending(merge => (merge.Score, merge.LeftLength, merge.RightLength)).Select(merge => (merge.Left, merge.Right, merge.Id))]);
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var unit in text)
        {
            count += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        return count;
    }

    private SentencePiece ReadPiece(ReadOnlySpan<byte> message)
    {
        var piece = new SentencePiece("", 0, SentencePieceKind.Normal);
        var reader = new ProtobufReader(message, _path);
        while (reader.Read())
        {
            piece = reader.Field switch
            {
                1 => piece with { Text = Utf8.IsValid(reader.Bytes) ? System.Text.Encoding.UTF8.GetString(reader.Bytes) : throw Error($"piece {Pieces.Count} is not UTF-8") },
                2 => piece with { Score = reader.Single },
                3 => piece with { Kind = (SentencePieceKind)reader.Integer },
                _ => piece,
            };
        }

        return piece;
    }

    private void ReadTrainerSpec(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message, _path);
        while (reader.Read())
        {
            switch (reader.Field)
            {
                case 3:
                    _type = reader.Integer;
                    break;
                case 24 when reader.Flag:
                    throw Error("has 'treat_whitespace_as_suffix', which is not supported");
                case 35:
                    ByteFallback = reader.Flag;
                    break;
            }
        }
    }

    private void ReadNormalizerSpec(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message, _path);
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
                    throw Error("has 'escape_whitespaces' off, which is not supported");
            }
        }
    }
}
