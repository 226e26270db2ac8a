using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.Patterns;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Loading;

/// <summary>
/// The components that a SentencePiece model stands for: those of the class in tokenizer_config.json, as the reference converts
/// them, and without a class those of the SentencePiece library itself, which adds no special tokens.
/// </summary>
internal sealed class SentencePieceFiles
{
    private const string Supported = "AlbertTokenizer, CamembertTokenizer, DebertaV2Tokenizer, T5Tokenizer, XLMRobertaTokenizer";

    private readonly TokenizerConfiguration _configuration;
    private readonly SentencePieceModel _model;
    private readonly List<(string Text, float Score)> _pieces;
    private readonly List<AddedToken> _added = [];
    private readonly Dictionary<string, int> _ids = [];
    private int _unknown;
    private int _indexed; // how many pieces _ids has; pieces are only appended once it is used

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
        var className = configuration.ClassName?.Replace("Fast", "", StringComparison.Ordinal);
        return className switch
        {
            null => reader.Plain(),
            "AlbertTokenizer" => reader.Albert(),
            "CamembertTokenizer" => reader.Camembert(),
            "DebertaV2Tokenizer" => reader.DebertaV2(),
            "T5Tokenizer" => reader.T5(),
            "XLMRobertaTokenizer" => reader.XlmRoberta(),
            _ => throw new TokenizerFormatException(
                $"{path}: the tokenizer '{className}' cannot be read from its SentencePiece model alone; supported are {Supported}. Save it with a {TokenizerFiles.Json}."),
        };
    }

    private TokenizerJson Plain()
    {
        var userDefined = _model.Pieces.Where(piece => piece.Kind == SentencePieceKind.UserDefined).Select(piece => piece.Text);
        var normalizer = new SentencePieceNormalizer(_model.Map, _model.AddsDummyPrefix, _model.RemovesExtraSpaces, userDefined);
        var scheme = _model.AddsDummyPrefix ? PrependScheme.Always : PrependScheme.Never;
        var decoder = new DecoderSequence([new ByteFallbackDecoder(), new MetaspaceDecoder('▁', scheme)]);

        // Where no piece goes on behind a space, the text can be split before it.
        var splits = !_model.Pieces.Any(piece => piece.Text.LastIndexOf('▁') > 0);
        var preTokenizer = new Metaspace('▁', PrependScheme.Never, splits);
        return new TokenizerJson([], normalizer, preTokenizer, PlainModel(), PostProcessor.None, decoder, null);
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

    private TokenizerJson Albert()
    {
        Special("pad_token", "<pad>");
        Special("unk_token", "<unk>");
        var (cls, sep) = (Special("cls_token", "[CLS]"), Special("sep_token", "[SEP]"));
        Special("mask_token", "[MASK]", trimLeft: true);
        List<Normalizer> normalizers = [new Replace(new FixedPattern("``"), "\""), new Replace(new FixedPattern("''"), "\"")];
        if (!(_configuration.Flag("keep_accents") ?? false))
        {
            normalizers.AddRange([new UnicodeForm(composes: false, compatibility: true), new StripAccents()]);
        }

        if (_configuration.Flag("do_lower_case") ?? true)
        {
            normalizers.Add(new Lowercase());
        }

        normalizers.AddRange([.. Map(), new Replace(new SpaceRunPattern(), " ")]);
        return Make(normalizers, Metaspace(), BertTemplate(cls, sep));
    }

    private TokenizerJson DebertaV2()
    {
        var (cls, sep) = (Special("cls_token", "[CLS]"), Special("sep_token", "[SEP]"));
        Special("unk_token", "[UNK]", normalized: true);
        Special("pad_token", "[PAD]");
        Special("mask_token", "[MASK]");
        List<Normalizer> normalizers = [new Strip(left: true, right: true), .. Map(), new Replace(new SpaceRunPattern(), " ")];
        if (_configuration.Flag("do_lower_case") ?? false)
        {
            normalizers.Insert(0, new Lowercase());
        }

        PreTokenizer preTokenizer = _configuration.Flag("split_by_punct") ?? false
            ? new PreTokenizerSequence([CharacterSplit.Punctuation(SplitBehavior.Isolated), Metaspace()])
            : Metaspace();
        return Make(normalizers, preTokenizer, BertTemplate(cls, sep));
    }

    private TokenizerJson XlmRoberta()
    {
        _pieces.RemoveRange(0, Math.Min(3, _pieces.Count));
        _pieces.InsertRange(0, [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0)]);
        _unknown = 3;
        Special("pad_token", "<pad>");
        Special("unk_token", "<unk>");
        var (cls, sep) = (Special("cls_token", "<s>"), Special("sep_token", "</s>"));
        _pieces.Add(("<mask>", 0));
        Special("mask_token", "<mask>", trimLeft: true);
        return Make(UsualNormalizers(), Metaspace(), new RobertaProcessing(cls, sep, trimOffsets: false, addPrefixSpace: false));
    }

    private TokenizerJson Camembert()
    {
        _pieces.RemoveAt(0);
        _pieces.InsertRange(0, [("<s>NOTUSED", 0), ("<pad>", 0), ("</s>NOTUSED", 0), ("<unk>", 0), ("<unk>NOTUSED", -100)]);
        _unknown = 3;
        foreach (var token in (ReadOnlySpan<string>)["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"])
        {
            Add(token, trimLeft: false, trimRight: false, normalized: false);
        }

        Special("pad_token", "<pad>");
        Special("unk_token", "<unk>");
        var (cls, sep) = (Special("cls_token", "<s>"), Special("sep_token", "</s>"));
        _pieces.Add(("<mask>", 0));
        Special("mask_token", "<mask>", trimLeft: true);
        return Make(UsualNormalizers(), Metaspace(), new RobertaProcessing(cls, sep, trimOffsets: false, addPrefixSpace: false));
    }

    private TokenizerJson T5()
    {
        const int MostExtra = 10_000;
        var extra = _configuration.Number("extra_ids") ?? 100;
        if (extra > MostExtra)
        {
            throw _model.Error($"{TokenizerFiles.Configuration} has extra_ids {extra}, expected at most {MostExtra}");
        }

        Special("unk_token", "<unk>");
        var sep = Special("eos_token", "</s>");
        for (var id = extra - 1; id >= 0; id--)
        {
            _pieces.Add(($"<extra_id_{id}>", 0));
            Add($"<extra_id_{id}>", trimLeft: true, trimRight: true, normalized: false);
        }

        Special("pad_token", "<pad>");
        var (end, first, second) = (TemplatePiece.Special(sep, 0), TemplatePiece.Text(0, 0), TemplatePiece.Text(1, 0));
        return Make(UsualNormalizers(), Metaspace(), new TemplateProcessing([first, end], [first, end, second, end]));
    }

    private static BertProcessing BertTemplate(int cls, int sep) => new(cls, sep);

    private static Metaspace Metaspace() => new('▁', PrependScheme.Always, split: true);

    private List<Normalizer> UsualNormalizers() =>
        [.. Map(), new Strip(left: false, right: true), new Replace(new SpaceRunPattern(), "▁")];

    private Normalizer[] Map() => _model.Map is { } map ? [new Precompiled(map)] : [];

    /// <summary>Adds a special token under the name that the configuration gives it, and returns its id.</summary>
    private int Special(string name, string usual, bool trimLeft = false, bool normalized = false) =>
        Add(_configuration.SpecialToken(name) ?? usual, trimLeft, trimRight: false, normalized);

    /// <summary>A token that is no piece gets the next free id.</summary>
    private int Add(string token, bool trimLeft, bool trimRight, bool normalized)
    {
        for (; _indexed < _pieces.Count; _indexed++)
        {
            _ids.TryAdd(_pieces[_indexed].Text, _indexed);
        }

        var id = _ids.TryGetValue(token, out var known) ? known : Math.Max(_pieces.Count, _added.Select(other => other.Id + 1).DefaultIfEmpty().Max());
        _added.Add(new AddedToken(id, token, SingleWord: false, trimLeft, trimRight, normalized, Special: true));
        return id;
    }

    private TokenizerJson Make(IEnumerable<Normalizer> normalizers, PreTokenizer preTokenizer, PostProcessor postProcessor)
    {
        var contents = _added.Select(token => token.Content).ToHashSet();
        foreach (var control in _model.Pieces.Where(piece => piece.Kind == SentencePieceKind.Control && contents.Add(piece.Text)))
        {
            Add(control.Text, trimLeft: false, trimRight: false, normalized: false);
        }

        var vocabulary = Vocabulary.From([.. _pieces.Select(piece => piece.Text)], _model.Error);
        Model model = _model.IsBpe
            ? MakeBpe(vocabulary, byteFallback: false)
            : new Unigram(vocabulary, vocabulary.Trie, [.. _pieces.Select(piece => (double)piece.Score)], _unknown, byteFallback: false);
        var more = _configuration.AddedTokens().Where(token => !contents.Contains(token.Content));
        return new TokenizerJson(
            [.. _added, .. more], new NormalizerSequence([.. normalizers]), preTokenizer, model, postProcessor, new MetaspaceDecoder('▁', PrependScheme.Always), null);
    }

    private Bpe MakeBpe(Vocabulary vocabulary, bool byteFallback) => new(
        vocabulary, _model.Merges(vocabulary), new BpeOptions { UnknownToken = _pieces[_unknown].Text, FuseUnknown = true, ByteFallback = byteFallback });
}
