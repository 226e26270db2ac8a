using System.Globalization;
using System.Text.Json;
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
    private const string Supported =
        "AlbertTokenizer, CamembertTokenizer, DebertaV2Tokenizer, GemmaTokenizer, LlamaTokenizer, MBart50Tokenizer, MBartTokenizer, T5Tokenizer, XLMRobertaTokenizer";

    private static readonly string[] MBartLanguages =
    [
        "ar_AR", "cs_CZ", "de_DE", "en_XX", "es_XX", "et_EE", "fi_FI", "fr_XX", "gu_IN", "hi_IN", "it_IT", "ja_XX", "kk_KZ", "ko_KR", "lt_LT", "lv_LV", "my_MM",
        "ne_NP", "nl_XX", "ro_RO", "ru_RU", "si_LK", "tr_TR", "vi_VN", "zh_CN",
    ];

    private static readonly string[] MBart50Languages =
    [
        .. MBartLanguages, "af_ZA", "az_AZ", "bn_IN", "fa_IR", "he_IL", "hr_HR", "id_ID", "ka_GE", "km_KH", "mk_MK", "ml_IN", "mn_MN", "mr_IN", "pl_PL", "ps_AF",
        "pt_XX", "sv_SE", "sw_KE", "ta_IN", "te_IN", "th_TH", "tl_XX", "uk_UA", "ur_PK", "xh_ZA", "gl_ES", "sl_SI",
    ];

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
        return configuration.ClassName switch
        {
            null => reader.Plain(),
            "AlbertTokenizer" => reader.Albert(),
            "CamembertTokenizer" => reader.Camembert(),
            "DebertaV2Tokenizer" => reader.DebertaV2(),
            "GemmaTokenizer" => reader.Gemma(),
            "LlamaTokenizer" => reader.Llama(),
            "MBart50Tokenizer" => reader.MBart(MBart50Languages),
            "MBartTokenizer" => reader.MBart(MBartLanguages),
            "T5Tokenizer" => reader.T5(),
            "XLMRobertaTokenizer" => reader.XlmRoberta(),
            var className => throw new TokenizerFormatException(
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

    private TokenizerJson Albert()
    {
        // A number with a comma behind it is better off as two pieces: "9," costs 100 more.
        for (var id = 0; id < _pieces.Count; id++)
        {
            var (text, score) = _pieces[id];
            _pieces[id] = EndsInDigitAndComma(text) ? (text, score - 100) : (text, score);
        }

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
        var scheme = Scheme();
        return Make(
            UsualNormalizers(), new Metaspace('▁', scheme, split: true), new TemplateProcessing([first, end], [first, end, second, end]), new MetaspaceDecoder('▁', scheme));
    }

    private TokenizerJson MBart(string[] languages)
    {
        _pieces.RemoveRange(0, Math.Min(3, _pieces.Count));
        _pieces.InsertRange(0, [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0)]);
        _pieces.AddRange(languages.Select(language => (language, 0f)));
        _pieces.Add(("<mask>", 0));
        _unknown = 3;
        foreach (var (name, usual) in ((string, string)[])[("bos_token", "<s>"), ("eos_token", "</s>"), ("pad_token", "<pad>"), ("unk_token", "<unk>")])
        {
            Special(name, usual);
        }

        Special("mask_token", "<mask>", trimLeft: true);
        foreach (var language in languages)
        {
            Add(language, trimLeft: false, trimRight: false, normalized: false);
        }

        var source = _configuration.Text("src_lang") ?? "en_XX";
        return Make(UsualNormalizers(), Metaspace(), Read(ConfiguredTemplate.ForLanguage(_configuration, source, IdOf)));
    }

    private TokenizerJson Llama()
    {
        Special("unk_token", "<unk>");
        Special("bos_token", "<s>");
        Special("eos_token", "</s>");
        var addsSpace = _configuration.Flag("add_prefix_space") ?? true;
        var isLegacy = _configuration.Flag("legacy") ?? true;
        Normalizer[] normalizers = !isLegacy ? [] : [.. addsSpace ? [new Prepend("▁")] : (Normalizer[])[], new Replace(new FixedPattern(" "), "▁")];
        return Make(
            normalizers, isLegacy ? null : new Metaspace('▁', Scheme(), split: false), Ends("<s>", "</s>"), BytesDecoder(takesSpace: addsSpace), byteFallback: true,
            addsUserDefined: true);
    }

    private TokenizerJson Gemma()
    {
        // Older models lack a piece for the tab, which then stands in the place of its byte.
        if (!_pieces.Exists(piece => piece.Text == "\t") && _pieces.FindIndex(piece => piece.Text == "<0x09>") is var tab and >= 0)
        {
            _pieces[tab] = ("\t", 0);
        }

        _unknown = 3;
        foreach (var (name, usual) in ((string, string)[])[("pad_token", "<pad>"), ("eos_token", "<eos>"), ("bos_token", "<bos>"), ("unk_token", "<unk>")])
        {
            Special(name, usual);
        }

        var preTokenizer = new Splitting(new FixedPattern(" "), SplitBehavior.MergedWithPrevious, invert: false);
        return Make([new Replace(new FixedPattern(" "), "▁")], preTokenizer, Ends("<bos>", "<eos>"), BytesDecoder(takesSpace: false), byteFallback: true, addsUserDefined: true);
    }

    /// <summary>The template of a decoder, which begins with a special token unless told not to.</summary>
    private PostProcessor Ends(string begin, string end) => Read(ConfiguredTemplate.ForEnds(
        _configuration, _configuration.Flag("add_bos_token") ?? true, _configuration.Flag("add_eos_token") ?? false, begin, end, IdOf));

    private static PostProcessor Read(System.Text.Json.Nodes.JsonObject template) =>
        PostProcessor.Read(new JsonSection(JsonElement.Parse(template.ToJsonString()), TokenizerFiles.Configuration));

    private static DecoderSequence BytesDecoder(bool takesSpace) => new(
        [new ReplaceDecoder(new FixedPattern("▁"), " "), new ByteFallbackDecoder(), new FuseDecoder(), .. takesSpace ? [new StripDecoder(' ', 1, 0)] : (Decoder[])[]]);

    /// <summary>Which words begin with a space: those of T5 and Llama go by options.</summary>
    private PrependScheme Scheme() => !(_configuration.Flag("add_prefix_space") ?? true) ? PrependScheme.Never
        : _configuration.Flag("legacy") ?? true ? PrependScheme.Always
        : PrependScheme.First;

    private static bool EndsInDigitAndComma(string piece) =>
        piece.Length > 1 && piece[^1] == ',' && CharUnicodeInfo.GetDigitValue(piece, piece.Length - (piece.Length > 2 && char.IsSurrogatePair(piece, piece.Length - 3) ? 3 : 2)) >= 0;

    private static BertProcessing BertTemplate(int cls, int sep) => new(cls, sep);

    private static Metaspace Metaspace() => new('▁', PrependScheme.Always, split: true);

    private List<Normalizer> UsualNormalizers() =>
        [.. Map(), new Strip(left: false, right: true), new Replace(new SpaceRunPattern(), "▁")];

    private Normalizer[] Map() => _model.Map is { } map ? [new Precompiled(map)] : [];

    /// <summary>Adds a special token under the name that the configuration gives it, and returns its id.</summary>
    private int Special(string name, string usual, bool trimLeft = false, bool normalized = false) =>
        Add(_configuration.SpecialToken(name) ?? usual, trimLeft, trimRight: false, normalized);

    /// <summary>A token that is no piece gets the next free id.</summary>
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

    /// <summary>Puts the components together.</summary>
    /// <param name="normalizers">The normalizers.</param>
    /// <param name="preTokenizer">The pre-tokenizer, or null.</param>
    /// <param name="postProcessor">The template.</param>
    /// <param name="decoder">The decoder; null for the usual one.</param>
    /// <param name="byteFallback">What the vocabulary lacks becomes bytes.</param>
    /// <param name="addsUserDefined">
    /// User-defined pieces are found in the text itself, as added tokens. Encoders leave them out: the published tokenizer.json of ALBERT, whose
    /// user-defined pieces are punctuation, has them as pieces only.
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
