namespace Semblance.Modules;

/// <summary>
/// Represents the shape of the features of a text between modules: the dimensions of its vectors, and other properties that later modules
/// depend on. Each module states in <see cref="Module.InferShape"/> the shape that it requires and the shape that it produces.
/// </summary>
public sealed class FeatureShape
{
    private readonly string _path;
    private readonly ICollection<string> _warnings;
    private readonly List<string> _problems;
    private string _location = "";
    private bool _isEntered;

    private FeatureShape(string path, ICollection<string> warnings, List<string> problems) =>
        (_path, _warnings, _problems) = (path, warnings, problems);

    /// <summary>Gets or sets the dimension of a token's vector; null if there are none, or if it is unknown.</summary>
    public int? TokenWidth { get; set; }

    /// <summary>Gets or sets the dimension of a text's vector; null if there is none.</summary>
    public int? SentenceWidth { get; set; }

    /// <summary>Gets or sets the number of layers of the transformer; null without one.</summary>
    public int? LayerCount { get; set; }

    /// <summary>Gets or sets the size of the vocabulary of the token ids; null if it is unknown.</summary>
    public int? VocabularySize { get; set; }

    /// <summary>
    /// Gets or sets a value that indicates whether <see cref="Features.WordLayer"/> is set, so that it computes logits of the vocabulary
    /// from token vectors.
    /// </summary>
    public bool HasWordLogits { get; set; }

    /// <summary>Gets a sentence for each requirement that is not met.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Requires token vectors.</summary>
    /// <param name="width">The dimension of the vectors; null for any.</param>
    public void RequireTokens(int? width = null)
    {
        Require(TokenWidth is not null || SentenceWidth is null, "works on token vectors, but no earlier module computes them");
        Require(TokenWidth is null || width is null || TokenWidth == width,
            $"takes token vectors of {width} elements, but gets {TokenWidth}");
    }

    /// <summary>Requires a vector for each text.</summary>
    /// <param name="width">The dimension of the vector; null for any.</param>
    public void RequireSentences(int? width = null)
    {
        Require(SentenceWidth is not null, "works on the vector of a text, but there is no pooling before it");
        Require(SentenceWidth is null || width is null || SentenceWidth == width,
            $"takes vectors of {width} elements, but gets {SentenceWidth}");
    }

    /// <summary>Requires a condition.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="problem">
    /// The problem if the condition is false, such as <c>weighs 12 layers, but the transformer has 6</c>; the name of the module precedes
    /// it.
    /// </param>
    public void Require(bool condition, string problem)
    {
        if (!condition)
        {
            _problems.Add($"{_location} {problem}");
        }
    }

    /// <summary>Warns if a dimension that a file declares, and the original does not use, is not that of the token vectors.</summary>
    internal void Declared(int width)
    {
        if (TokenWidth is not null && TokenWidth != width)
        {
            _warnings.Add($"{_path}: {_location} declares vectors of {width} elements but gets {TokenWidth}; the number is ignored.");
        }
    }

    /// <summary>Infers the shape after modules.</summary>
    /// <param name="modules">The modules, in order.</param>
    /// <returns>The shape.</returns>
    public static FeatureShape Of(IReadOnlyList<Module> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        return Of(modules, "", []);
    }

    /// <summary>Infers the shape after modules.</summary>
    /// <param name="modules">The modules, in order.</param>
    /// <param name="path">The file that lists the modules, for warnings.</param>
    /// <param name="warnings">Receives a warning for each wrong number in a file that has no effect.</param>
    internal static FeatureShape Of(IReadOnlyList<Module> modules, string path, ICollection<string> warnings)
    {
        var shape = new FeatureShape(path, warnings, []);
        shape.Through(modules, "");
        return shape;
    }

    /// <summary>Infers the shape after each route of a router, and continues with the common properties.</summary>
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
            end.Through(modules, $"{_location} route {route}, ");
            ends.Add(end);
            widths.Add($"{route} {end.SentenceWidth ?? end.TokenWidth}");
        }

        var first = ends[0];
        Require(
            ends.All(end => end.SentenceWidth == first.SentenceWidth
                && (first.SentenceWidth is not null || end.TokenWidth == first.TokenWidth)),
            $"has routes with vectors of different widths, which cannot be compared: {string.Join(", ", widths)}");
        (SentenceWidth, _isEntered, HasWordLogits) = (first.SentenceWidth, ends.Any(end => end._isEntered),
            ends.All(end => end.HasWordLogits));
        (TokenWidth, LayerCount) = (Common(end => end.TokenWidth), Common(end => end.LayerCount));
        VocabularySize = ends.Max(end => end.VocabularySize);

        // Later modules cannot rely on a property that differs between routes.
        int? Common(Func<FeatureShape, int?> number) => ends.All(end => number(end) == number(first)) ? number(first) : null;
    }

    private void Through(IReadOnlyList<Module> modules, string route)
    {
        for (var i = 0; i < modules.Count; i++)
        {
            _location = $"{route}module {i}, {ModuleList.NameOf(modules[i].Type)},";
            if (modules[i] is InputModule and not RouterModule)
            {
                // The ids are those of the first module; a later one would look them up in another vocabulary.
                Require(!_isEntered, "takes texts, but they are ids already; only the first module can take them");
                _isEntered = true;
            }

            modules[i].InferShape(this);
        }
    }
}
