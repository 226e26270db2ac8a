using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Runs different modules for different kinds of text, such as queries and documents:
/// <see cref="TextEncoder{TSelf, TOptions, TEmbeddings, TEmbedding}.EncodeQuery"/> uses the route <c>query</c>,
/// <see cref="TextEncoder{TSelf, TOptions, TEmbeddings, TEmbedding}.EncodeDocument"/> the route <c>document</c>, and
/// <see cref="TextOptions.Route"/> selects any.
/// </summary>
/// <remarks>
/// A router is the first module if its routes begin with modules that accept texts; otherwise, it follows modules that all routes share.
/// </remarks>
public sealed class RouterModule : InputModule
{
    private const string FileName = "router_config.json";
    private const string OlderFileName = "config.json";

    private const int Deepest = 4; // nested routers; no published model has them

    private static readonly KnownKeys Keys = new KnownKeys().Supported("parameters", "structure", "types");
    private static readonly KnownKeys ParameterKeys = new KnownKeys().Supported("allow_empty_key", "default_route", "route_mappings");

    private readonly KeyValuePair<string, Module[]>[] _routes;
    private readonly string? _namedDefault;
    private readonly IReadOnlyList<RouteMapping> _mappings;

    /// <summary>Initializes a new instance of the <see cref="RouterModule"/> class.</summary>
    /// <param name="routes">The modules of each route, in order; at least one route, each with at least one module.</param>
    /// <param name="defaultRoute">
    /// The route of texts without one; null for the first route, unless <paramref name="allowsNone"/> is <see langword="false"/>.
    /// </param>
    /// <param name="allowsNone">
    /// <see langword="true"/>, the default, to allow texts without a route; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ArgumentException">There is no route, a route has no modules, or the default route does not exist.</exception>
    public RouterModule(IEnumerable<KeyValuePair<string, IReadOnlyList<Module>>> routes,
        string? defaultRoute = null, bool allowsNone = true)
        : this(routes, defaultRoute, allowsNone, [])
    {
    }

    private RouterModule(IEnumerable<KeyValuePair<string, IReadOnlyList<Module>>> routes,
        string? defaultRoute, bool allowsNone, IReadOnlyList<RouteMapping> mappings)
    {
        ArgumentNullException.ThrowIfNull(routes);
        _routes = [.. routes.Select(route => KeyValuePair.Create(route.Key, route.Value.ToArray()))];
        if (_routes.Length == 0 || _routes.Any(route => route.Value.Length == 0))
        {
            throw new ArgumentException("A router needs a route, and each route a module.", nameof(routes));
        }

        if (_routes.FirstOrDefault(route => route.Key.Length == 0 || route.Key.AsSpan().ContainsAny('/', '\\')).Key is { } name)
        {
            throw new ArgumentException($"'{name}' cannot name a route: folders are named after it.", nameof(routes));
        }

        if (defaultRoute is not null && !_routes.Any(route => route.Key == defaultRoute))
        {
            throw new ArgumentException($"The default route '{defaultRoute}' is not among the routes {Names}.", nameof(defaultRoute));
        }

        if (mappings.FirstOrDefault(mapping => !_routes.Any(route => route.Key == mapping.Route)) is { } lost)
        {
            throw new ArgumentException($"'route_mappings' leads {lost.Key} to '{lost.Route}', which is not among the routes {Names}.",
                nameof(mappings));
        }

        (_namedDefault, AllowsNone, _mappings) = (defaultRoute, allowsNone, mappings);
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Router";

    /// <summary>Gets the modules of each route.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyList<Module>>> Routes =>
        _routes.Select(route => KeyValuePair.Create<string, IReadOnlyList<Module>>(route.Key, route.Value));

    /// <summary>Gets the route of texts without one; null if a route is required.</summary>
    public string? DefaultRoute => Resolve(null);

    /// <summary>Gets a value that indicates whether texts without a route are allowed.</summary>
    public bool AllowsNone { get; }

    /// <summary>Gets the tokenizer of the first route that has one.</summary>
    public override Tokenizer? Tokenizer => Entries.Select(entry => entry.Tokenizer).FirstOrDefault(tokenizer => tokenizer is not null);

    /// <summary>Gets the largest vocabulary size of the routes.</summary>
    public override int VocabularySize => Entries.Select(entry => entry.VocabularySize).DefaultIfEmpty().Max();

    /// <summary>Gets the largest maximum sequence length of the routes.</summary>
    public override int MaxSequenceLength => Entries.Select(entry => entry.MaxSequenceLength).DefaultIfEmpty(int.MaxValue).Max();

    /// <inheritdoc/>
    public override bool MakesSentenceEmbeddings => _routes.All(route => route.Value.Any(module => module.MakesSentenceEmbeddings));

    /// <inheritdoc/>
    public override bool NeedsHiddenStates => _routes.Any(route => route.Value.Any(module => module.NeedsHiddenStates));

    internal override bool TakesTexts => _routes.All(route => route.Value[0] is InputModule { TakesTexts: true });

    /// <summary>Gets the number of modules of all routes, those of nested routers included.</summary>
    internal int Count => _routes.Sum(route => ModuleList.Count(route.Value));

    internal override void Prepare(ComputeType compute)
    {
        foreach (var module in _routes.SelectMany(route => route.Value))
        {
            module.Prepare(compute);
        }
    }

    private string? UnmappedDefault => _namedDefault ?? (AllowsNone ? _routes[0].Key : null);

    private IEnumerable<InputModule> Entries => _routes.Select(route => route.Value[0]).OfType<InputModule>();

    private string Names => string.Join(", ", _routes.Select(route => route.Key));

    /// <summary>Creates a router of the two routes <c>query</c> and <c>document</c>; the latter is the default.</summary>
    /// <param name="query">The modules of queries.</param>
    /// <param name="document">The modules of documents.</param>
    public static RouterModule ForQueryAndDocument(IReadOnlyList<Module> query, IReadOnlyList<Module> document) =>
        new([new("query", query), new("document", document)], "document");

    /// <summary>
    /// Loads the module from <c>router_config.json</c>, or the <c>config.json</c> of older versions, and the folders of its modules.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable"><see langword="true"/> to load parameters that can be trained; otherwise, <see langword="false"/>.</param>
    /// <exception cref="ModelFormatException">The configuration is damaged, or has a value that is not supported.</exception>
    public static RouterModule Load(string folder, bool trainable = false) => Load(folder, trainable, depth: 0);

    /// <summary>Loads a router that may be inside other routers.</summary>
    internal static RouterModule Load(string folder, bool trainable, int depth)
    {
        var path = Path.Combine(folder, FileName);
        var config = ConfigurationFile.Read(File.Exists(path) ? path : Path.Combine(folder, OlderFileName)).Check(Keys);
        if (depth >= Deepest)
        {
            throw new ModelFormatException(config.Path, $"routers are nested more than {Deepest} deep, which is not supported.");
        }

        var types = config.Section("types") ?? throw config.Fault("types", "is missing but required");
        var structure = config.Section("structure") ?? throw config.Fault("structure", "is missing but required");
        var modules = new Dictionary<string, Module>(StringComparer.Ordinal);
        var routes = new List<KeyValuePair<string, IReadOnlyList<Module>>>();
        var count = 0;
        foreach (var name in structure.Root.EnumerateObject().Select(route => route.Name))
        {
            routes.Add(new(name, [.. structure.Texts(name).Select(ModuleOf)]));
        }

        var parameters = config.Section("parameters")?.Check(ParameterKeys);
        var defaultRoute = parameters?.Text("default_route");
        try
        {
            var router = new RouterModule(routes, defaultRoute, parameters?.Flag("allow_empty_key", true) ?? true,
                parameters is null ? [] : RouteMapping.Read(parameters))
            {
                Warnings = [.. config.Warnings, .. modules.Values.SelectMany(module => module.Warnings)],
            };
            return router;
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(config.Path, e.Message.Split(" (Parameter")[0], e);
        }

        // A module may be on several routes.
        Module ModuleOf(string id)
        {
            if (!modules.TryGetValue(id, out var module))
            {
                modules[id] = module = LoadModule(id);
            }

            count += ModuleList.Count([module]);
            ModuleList.CheckCount(config.Path, count);
            return module;
        }

        Module LoadModule(string id)
        {
            if (id.Split('/', '\\').All(part => part is "" or "."))
            {
                throw config.Fault("structure", $"names '{id}', the router's own folder; expected the folder of a module inside of it");
            }

            var type = types.Text(id) ?? throw config.Fault("types", $"has no type for '{id}'");
            return ModuleRegistry.Load(config.Path, type, ModuleList.Inside(config.Path, folder, id), trainable, depth + 1);
        }
    }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.Through(Routes);
    }

    /// <summary>Tokenizes a text on the default route.</summary>
    /// <inheritdoc/>
    public override TokenizedText Tokenize(string text) => Entry(null).Tokenize(text);

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        foreach (var module in ModulesOf(features.Route))
        {
            module.Forward(run, features);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() =>
        Distinct().SelectMany(entry => entry.Module.Parameters()
            .Select(parameter => new Parameter($"sub_modules.{entry.Route}.{entry.Index}.{parameter.Name}", parameter.Value)));

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        var names = Distinct()
            .ToDictionary(entry => entry.Module, entry => $"{entry.Route}_{entry.Index}_{ModuleList.NameOf(entry.Module.Type)}");
        foreach (var (module, name) in names)
        {
            module.Save(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, weights);
        }

        JsonFile.Write(Path.Combine(folder, FileName), json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("types");
            foreach (var (module, name) in names)
            {
                json.WriteString(name, ModuleRegistry.IsOriginal(module.Type)
                    ? $"{module.Type}.{ModuleList.NameOf(module.Type)}" : module.Type);
            }

            json.WriteEndObject();
            json.WriteStartObject("structure");
            foreach (var (route, modules) in _routes)
            {
                json.WriteStartArray(route);
                foreach (var module in modules)
                {
                    json.WriteStringValue(names[module]);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteStartObject("parameters");
            json.WriteString("default_route", UnmappedDefault);
            json.WriteBoolean("allow_empty_key", AllowsNone);
            RouteMapping.Write(json, _mappings);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"Router({string.Join("; ", _routes.Select(route =>
            $"{route.Key}{(route.Key == DefaultRoute ? " (default)" : "")}: {string.Join(", ", route.Value.AsEnumerable())}"))})";

    internal override InputModule Entry(string? route) => ModulesOf(route)[0] as InputModule
        ?? throw new InvalidOperationException($"The route begins with {ModulesOf(route)[0]}, which does not accept texts.");

    private Module[] ModulesOf(string? route)
    {
        var name = Resolve(route)
            ?? throw new ArgumentException($"The model needs the route of the texts; its routes are {Names}.", nameof(route));
        return _routes.FirstOrDefault(known => known.Key == name).Value
            ?? throw new ArgumentException($"The model has no route '{name}'; its routes are {Names}.", nameof(route));
    }

    // As in the original: the route of a rule, the route of that name, the route of texts, the default route.
    private string? Resolve(string? route) => RouteMapping.Find(_mappings, route)
        ?? (route is not null && Has(route) ? route : Has(RouteMapping.Text) ? RouteMapping.Text : route ?? UnmappedDefault);

    private bool Has(string route) => _routes.Any(known => known.Key == route);

    // A module that is on several routes counts for the first.
    private IEnumerable<(string Route, int Index, Module Module)> Distinct() =>
        _routes.SelectMany(route => route.Value.Select((module, index) => (route.Key, index, module))).DistinctBy(entry => entry.module);
}
