using System.Text.Json;
using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.Patterns;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Loading;

/// <summary>
/// Reads the components of a tokenizer from a SentencePiece model: those of the class in tokenizer_config.json, as the reference converts
/// them; without a class those of the SentencePiece library, which adds no special tokens.
/// </summary>
internal sealed partial class SentencePieceFiles
{
    private const string Supported =
        "AlbertTokenizer, CamembertTokenizer, DebertaV2Tokenizer, GemmaTokenizer, LlamaTokenizer, MBart50Tokenizer, MBartTokenizer, T5Tokenizer, XLMRobertaTokenizer";

    private readonly TokenizerConfiguration _configuration;
    private readonly SentencePieceModel _model;
    private readonly List<(string Text, float Score)> _pieces;
    private readonly List<AddedToken> _added = [];
    private readonly Dictionary<string, int> _ids = [];
    private int _unknown;
    private int _indexed; // the number of pieces in _ids; pieces are only appended after its first use

    private SentencePieceFiles(SentencePieceModel model, TokenizerConfiguration configuration)
    {
        (_model, _configuration, _unknown) = (model, configuration, model.UnknownId);
        _pieces = [.. model.Pieces.Select(piece => (piece.Text, piece.Score))];
    }

    /// <summary>Reads the model in the file <paramref name="name"/>.</summary>
    public static TokenizerJson Read(TokenizerFiles files, string name, TokenizerConfiguration configuration)
    {
        var path = files.PathOf(name);
        var reader = new SentencePieceFiles(SentencePieceModel.Read(files[name], path), configuration);
        return configuration.ClassName switch
        {
            null => reader.Plain(),
            "AlbertTokenizer" => reader.Albert(),
            "CamembertTokenizer" => reader.Camembert(),
            "DebertaV2Tokenizer" => reader.DebertaV2(),
            "GemmaTokenizer" => reader.Gemma(),
            "LlamaTokenizer" => reader.Llama(),
            "MBart50Tokenizer" => reader.MBart(MBartLanguages.MBart50),
            "MBartTokenizer" => reader.MBart(MBartLanguages.MBart),
            "T5Tokenizer" => reader.T5(),
            "XLMRobertaTokenizer" => reader.XlmRoberta(),
            var className => throw new TokenizerFormatException(
                $"{path}: the tokenizer class '{className}' cannot be read from its SentencePiece model alone; supported are {Supported}. Save the tokenizer "
                + $"with a {TokenizerFiles.Json}."),
        };
    }

    private TokenizerJson Plain()
    {
        var userDefined = _model.Pieces.Where(piece => piece.Kind == SentencePieceKind.UserDefined).Select(piece => piece.Text);
        var normalizer = new SentencePieceNormalizer(_model.Map, _model.AddsDummyPrefix, _model.RemovesExtraSpaces, userDefined);
        var scheme = _model.AddsDummyPrefix ? PrependScheme.Always : PrependScheme.Never;
        var decoder = new DecoderSequence([new ByteFallbackDecoder(), new MetaspaceDecoder('▁', scheme)]);

        // If no piece continues after a space, the text can be split before a space.
        var splits = !_model.Pieces.Any(piece => piece.Text.LastIndexOf('▁') > 0);
        var preTokenizer = new Metaspace('▁', PrependScheme.Never, splits);
        return new TokenizerJson([], normalizer, preTokenizer, PlainModel(), PostProcessor.None, decoder);
    }

    private Model PlainModel()
    {
        var vocabulary = Vocabulary.From([.. _pieces.Select(piece => piece.Text)], _model.Error);
        if (_model.IsBpe)
        {
            return MakeBpe(vocabulary, _model.ByteFallback);
        }

        var found = new Trie();
        var scores = new double[_pieces.Count];
        var best = _model.Pieces.Where(piece => piece.Kind == SentencePieceKind.Normal).Select(piece => piece.Score).DefaultIfEmpty().Max();
        for (var id = 0; id < scores.Length; id++)
        {
            var (text, score, kind) = _model.Pieces[id];
            scores[id] = kind == SentencePieceKind.UserDefined ? (System.Text.Encoding.UTF8.GetByteCount(text) * best) - 0.1 : score;
            if (kind is SentencePieceKind.Normal or SentencePieceKind.UserDefined)
            {
                found.Add(text, id);
            }
        }

        return new Unigram(vocabulary, found, scores, _unknown, _model.ByteFallback);
    }

    /// <summary>Returns the template of a decoder model, which adds a token at the beginning by default.</summary>
    private PostProcessor Ends(string begin, string end) => Read(ConfiguredTemplate.ForEnds(
        _configuration, _configuration.Flag("add_bos_token") ?? true, _configuration.Flag("add_eos_token") ?? false, begin, end, IdOf));

    private static PostProcessor Read(System.Text.Json.Nodes.JsonObject template) =>
        PostProcessor.Read(new JsonSection(JsonElement.Parse(template.ToJsonString()), TokenizerFiles.Configuration));

    private static DecoderSequence BytesDecoder(bool takesSpace) => new(
        [new ReplaceDecoder(new FixedPattern("▁"), " "), new ByteFallbackDecoder(), new FuseDecoder(), .. takesSpace ? [new StripDecoder(' ', 1, 0)] : (Decoder[])[]]);

    /// <summary>Returns which words get a leading space; the options decide for T5 and Llama.</summary>
    private PrependScheme Scheme() => !(_configuration.Flag("add_prefix_space") ?? true) ? PrependScheme.Never
        : _configuration.Flag("legacy") ?? true ? PrependScheme.Always
        : PrependScheme.First;

    private static BertProcessing BertTemplate(int cls, int sep) => new(cls, sep);

    private static Metaspace Metaspace() => new('▁', PrependScheme.Always, split: true);

    private List<Normalizer> UsualNormalizers() =>
        [.. Map(), new Strip(left: false, right: true), new Replace(new SpaceRunPattern(), "▁")];

    private Normalizer[] Map() => _model.Map is { } map ? [new Precompiled(map)] : [];

    /// <summary>Adds a special token under the name that the configuration gives it, and returns its id.</summary>
    private int Special(string name, string usual, bool trimLeft = false, bool normalized = false) =>
        Add(_configuration.SpecialToken(name) ?? usual, trimLeft, trimRight: false, normalized);

    /// <summary>Adds a token; one that is not a piece gets the next id.</summary>
    private int Add(string token, bool trimLeft, bool trimRight, bool normalized, bool special = true)
    {
        var id = IdOf(token) ?? Math.Max(_pieces.Count, _added.Select(other => other.Id + 1).DefaultIfEmpty().Max());
        _added.Add(new AddedToken(id, token, SingleWord: false, trimLeft, trimRight, normalized, special));
        return id;
    }

    private int? IdOf(string token)
    {
        for (; _indexed < _pieces.Count; _indexed++)
        {
            _ids[_pieces[_indexed].Text] = _indexed;
        }

        return _ids.TryGetValue(token, out var id) ? id : _added.Find(added => added.Content == token)?.Id;
    }

    /// <summary>Creates the tokenizer from its components.</summary>
    /// <param name="normalizers">The normalizers.</param>
    /// <param name="preTokenizer">The pre-tokenizer, or <see langword="null"/>.</param>
    /// <param name="postProcessor">The template.</param>
    /// <param name="decoder">The decoder; <see langword="null"/> for the default one.</param>
    /// <param name="byteFallback"><see langword="true"/> to replace unknown characters with the tokens of their bytes.</param>
    /// <param name="addsUserDefined">
    /// <see langword="true"/> to find user-defined pieces in the text, as added tokens. Encoders do not: in the published tokenizer.json of
    /// ALBERT, whose user-defined pieces are punctuation, they are pieces only.
    /// </param>
    private TokenizerJson Make(
        IEnumerable<Normalizer> normalizers, PreTokenizer? preTokenizer, PostProcessor postProcessor, Decoder? decoder = null, bool byteFallback = false, bool addsUserDefined = false)
    {
        var named = _added.Select(token => token.Content).ToHashSet();
        foreach (var piece in _model.Pieces.Where(piece => named.Add(piece.Text)))
        {
            if (piece.Kind == SentencePieceKind.Control || (piece.Kind == SentencePieceKind.UserDefined && addsUserDefined))
            {
                var isTurn = _configuration.ClassName == "GemmaTokenizer" && piece.Text is "<start_of_turn>" or "<end_of_turn>";
                Add(piece.Text, trimLeft: false, trimRight: false, normalized: false, special: piece.Kind == SentencePieceKind.Control || isTurn);
            }
        }

        var vocabulary = Vocabulary.From([.. _pieces.Select(piece => piece.Text)], _model.Error);
        Model model = _model.IsBpe
            ? MakeBpe(vocabulary, byteFallback)
            : new Unigram(vocabulary, vocabulary.Trie, [.. _pieces.Select(piece => (double)piece.Score)], _unknown, byteFallback);
        return new TokenizerJson(
            _added, new NormalizerSequence([.. normalizers]), preTokenizer, model, postProcessor, decoder ?? new MetaspaceDecoder('▁', PrependScheme.Always));
    }

    private Bpe MakeBpe(Vocabulary vocabulary, bool byteFallback) => new(
        vocabulary, _model.Merges(vocabulary), new BpeOptions { UnknownToken = _pieces[_unknown].Text, FuseUnknown = true, ByteFallback = byteFallback });
}
