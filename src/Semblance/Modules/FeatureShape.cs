namespace Semblance.Modules;

/// <summary>
/// The shape of what modules have made of a text so far: the widths of its vectors, and what else later modules depend on. Each module states in
/// <see cref="Module.InferShape"/> what it requires and what it makes.
/// </summary>
public sealed class FeatureShape
{
    private readonly string _path;
    private readonly ICollection<string> _warnings;
    private readonly List<string> _problems;
    private string _place = "";
    private bool _isEntered;

    private FeatureShape(string path, ICollection<string> warnings, List<string> problems) => (_path, _warnings, _problems) = (path, warnings, problems);

    /// <summary>Gets or sets the number of elements of a token's vector; null where there are none, or it is not known.</summary>
    public int? TokenWidth { get; set; }

    /// <summary>Gets or sets the number of elements of a text's vector; null where it has none.</summary>
    public int? SentenceWidth { get; set; }

    /// <summary>Gets or sets the number of layers of the transformer; null without one.</summary>
    public int? LayerCount { get; set; }

    /// <summary>Gets or sets the size of the vocabulary that the token ids are of; null where it is not known.</summary>
    public int? VocabularySize { get; set; }

    /// <summary>Gets or sets whether <see cref="Features.WordLayer"/> is there, so that the token vectors stand for logits of the vocabulary.</summary>
    public bool HasWordLogits { get; set; }

    /// <summary>Gets a sentence for each requirement that is not met.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Requires token vectors.</summary>
    /// <param name="width">Their number of elements; null for any.</param>
    public void RequireTokens(int? width = null)
    {
        Require(TokenWidth is not null || SentenceWidth is null, "works on token vectors, but no module that makes them stands before it");
        Require(TokenWidth is null || width is null || TokenWidth == width, $"takes token vectors of {width} elements, but gets {TokenWidth}");
    }

    /// <summary>Requires a vector for each text.</summary>
    /// <param name="width">Its number of elements; null for any.</param>
    public void RequireSentences(int? width = null)
    {
        Require(SentenceWidth is not null, "works on the vector of a text, but no pooling stands before it");
        Require(SentenceWidth is null || width is null || SentenceWidth == width, $"takes vectors of {width} elements, but gets {SentenceWidth}");
    }

    /// <summary>Requires a condition.</summary>
    /// <param name="condition">Whether the condition holds.</param>
    /// <param name="problem">What is wrong if it does not, such as <c>weighs 12 layers, but the transformer has 6</c>; the module's name goes before it.</param>
    public void Require(bool condition, string problem)
    {
        if (!condition)
        {
            _problems.Add($"{_place} {problem}");
        }
    }

    /// <summary>Warns where the width that a file declares, and the original does not use, is not that of the token vectors.</summary>
    internal void Declared(int width)
    {
        if (TokenWidth is not null && TokenWidth != width)
        {
            _warnings.Add($"{_path}: {_place} is said to take vectors of {width} elements but gets {TokenWidth}; the number is ignored.");
        }
    }

    /// <summary>Infers the shape behind modules.</summary>
    /// <param name="modules">The modules, in order.</param>
    /// <returns>The shape.</returns>
    public static FeatureShape Of(IReadOnlyList<Module> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        return Of(modules, "", []);
    }

    /// <summary>Infers the shape behind modules.</summary>
    /// <param name="modules">The modules, in order.</param>
    /// <param name="path">The file that lists the modules, for warnings.</param>
    /// <param name="warnings">Receives numbers in files that are wrong and change nothing.</param>
    internal static FeatureShape Of(IReadOnlyList<Module> modules, string path, ICollection<string> warnings)
    {
        var shape = new FeatureShape(path, warnings, []);
        shape.Through(modules, "");
        return shape;
    }

    /// <summary>Infers the shape behind each route of a router, and goes on with what they have in common.</summary>
    internal void Through(IEnumerable<KeyValuePair<string, IReadOnlyList<Module>>> routes)
    {
        var (ends, widths) = (new List<FeatureShape>(), new List<string>());
        foreach (var (route, modules) in routes)
        {
            var end = new FeatureShape(_path, _warnings, _problems)
            {
                TokenWidth = TokenWidth,
                SentenceWidth = SentenceWidth,
                LayerCount = LayerCount,
                VocabularySize = VocabularySize,
                HasWordLogits = HasWordLogits,
                _isEntered = _isEntered,
            };
            end.Through(modules, $"{_place} route {route}, ");
            ends.Add(end);
            widths.Add($"{route} {end.SentenceWidth ?? end.TokenWidth}");
        }

        var first = ends[0];
        Require(
            ends.All(end => end.SentenceWidth == first.SentenceWidth && (first.SentenceWidth is not null || end.TokenWidth == first.TokenWidth)),
            $"has routes that make vectors of different widths, which cannot be compared: {string.Join(", ", widths)}");
        (SentenceWidth, _isEntered, HasWordLogits) = (first.SentenceWidth, ends.Any(end => end._isEntered), ends.All(end => end.HasWordLogits));
        (TokenWidth, LayerCount) = (Common(end => end.TokenWidth), Common(end => end.LayerCount));
        VocabularySize = ends.Max(end => end.VocabularySize);

        // What is not the same on all routes nothing can rely on.
        int? Common(Func<FeatureShape, int?> number) => ends.All(end => number(end) == number(first)) ? number(first) : null;
    }

    private void Through(IReadOnlyList<Module> modules, string route)
    {
        for (var i = 0; i < modules.Count; i++)
        {
            _place = $"{route}module {i}, {ModuleList.NameOf(modules[i].Type)},";
            if (modules[i] is InputModule and not RouterModule)
            {
                // Ids are those of the first, which a later one would look up in a vocabulary of its own.
                Require(!_isEntered, "takes texts, but they are ids already; only the first module can take them");
                _isEntered = true;
            }

            modules[i].InferShape(this);
        }
    }
}
