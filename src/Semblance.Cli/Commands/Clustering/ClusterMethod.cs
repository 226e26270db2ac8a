using System.CommandLine;
using System.CommandLine.Parsing;
using Semblance.Cli.Options;
using Semblance.Tensors;

namespace Semblance.Cli.Commands;

/// <summary>Represents the options that choose and configure the clustering method.</summary>
internal sealed class ClusterMethod
{
    private const int UsualSizeOfCommunities = 2;
    private const int UsualSizeOfRegions = 3;

    // Measured with the bundled model: docs/clustering.md.
    private const float UsualThreshold = 0.6f;

    // The options that each method takes.
    private static readonly Dictionary<string, string[]> Rules = new()
    {
        ["communities"] = ["--threshold", "--min-size"],
        ["kmeans"] = ["--clusters", "--seed"],
        ["agglomerative"] = ["--clusters", "--threshold", "--linkage"],
        ["hdbscan"] = ["--min-size", "--min-samples"],
    };

    private readonly Option<string> _method = NewOption.Choice(
        "--method",
        "The method. communities: around central texts; kmeans: a given number; agglomerative: by merging the nearest; hdbscan: "
        + "dense regions",
        [.. Rules.Keys]);
    private readonly Option<float?> _threshold = NewOption.Number(
        "--threshold", "SCORE",
        "communities: the minimum cosine similarity to the center, default: 0.6; agglomerative: "
        + "the minimum cosine similarity at which groups are merged");
    private readonly Option<int?> _clusters = NewOption.Count("--clusters", "kmeans, agglomerative: the number of groups");
    private readonly Option<int?> _minSize = NewOption.Count(
        "--min-size", "communities, hdbscan: the minimum number of texts in a group; "
        + $"default: {UsualSizeOfCommunities} for communities, {UsualSizeOfRegions} for hdbscan");
    private readonly Option<int?> _minSamples = NewOption.Count(
        "--min-samples",
        "hdbscan: the number of neighbors that make a text a core point; higher values leave more texts out; default: --min-size");
    private readonly Option<string> _linkage = NewOption.Choice(
        "--linkage", "agglomerative: the linkage, which defines the distance between groups", "average", "complete", "single", "ward");
    private readonly Option<int?> _seed = NewOption.Integer("--seed", "kmeans: the random seed; default: 42");
    private readonly Option<int?> _pca = NewOption.Count(
        "--pca", "The number of principal components to reduce the vectors to; hdbscan often works better with about 10");

    public ClusterMethod(Command command)
    {
        Option[] options = [_threshold, _clusters, _minSize, _minSamples, _linkage, _seed];
        command.Add(_method);
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.Add(_pca);
        command.Validators.Add(result => Validate(result, options));
    }

    /// <summary>Returns the cluster of each vector, from 0; −1 for none.</summary>
    public int[] Labels(
        ParseResult arguments, Tensor vectors, int maxThreads, IProgress<double> progress, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_pca) is { } components && vectors.Rows > 0)
        {
            vectors = PrincipalComponents.Fit(vectors, components, maxThreads, cancellationToken).Transform(vectors);
        }

        return arguments.GetValue(_method) switch
        {
            "communities" => CommunityDetection.Labels(CommunityDetection.Detect(vectors, new CommunityOptions
            {
                Threshold = arguments.GetValue(_threshold) ?? UsualThreshold,
                MinSize = arguments.GetValue(_minSize) ?? UsualSizeOfCommunities,
                MaxThreads = maxThreads,
            }, progress, cancellationToken), vectors.Rows),
            "kmeans" => [.. KMeans.Fit(vectors, new KMeansOptions
            {
                Clusters = arguments.GetValue(_clusters)!.Value,
                Seed = arguments.GetValue(_seed) ?? new KMeansOptions().Seed,
                Spherical = true,
                MaxThreads = maxThreads,
            }, progress, cancellationToken).Labels],
            "agglomerative" => Agglomerative(arguments, vectors, maxThreads, progress, cancellationToken),
            _ => [.. Hdbscan.Fit(vectors, new HdbscanOptions
            {
                MinClusterSize = arguments.GetValue(_minSize) ?? UsualSizeOfRegions,
                MinSamples = arguments.GetValue(_minSamples),
                MaxThreads = maxThreads,
            }, progress, cancellationToken).Labels],
        };
    }

    private int[] Agglomerative(
        ParseResult arguments, Tensor vectors, int maxThreads, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var options = new AgglomerativeOptions
        {
            Linkage = Enum.Parse<Linkage>(arguments.GetValue(_linkage)!, ignoreCase: true),
            MaxThreads = maxThreads,
        };
        var tree = AgglomerativeClustering.Fit(vectors, options, progress, cancellationToken);

        // Groups exactly at the threshold are merged.
        return arguments.GetValue(_clusters) is { } clusters
            ? tree.Cut(clusters)
            : tree.CutAt(Math.BitIncrement(1f - arguments.GetValue(_threshold)!.Value));
    }

    private void Validate(CommandResult result, Option[] options)
    {
        // The option itself reports an unknown method, after this.
        if (result.GetValue(_method) is not { } method || !Rules.TryGetValue(method, out var taken))
        {
            return;
        }

        var given = options.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToArray();
        if (given.Except(taken).FirstOrDefault() is { } extra)
        {
            result.AddError($"--method {method} does not take {extra}.");
        }
        else if (method == "kmeans" && !given.Contains("--clusters"))
        {
            result.AddError("--method kmeans needs --clusters.");
        }
        else if (method == "agglomerative" && given.Contains("--clusters") == given.Contains("--threshold"))
        {
            result.AddError("--method agglomerative needs either --clusters or --threshold.");
        }
        else if (method == "agglomerative" && given.Contains("--threshold") && result.GetValue(_linkage) == "ward")
        {
            result.AddError("--linkage ward does not use cosine similarity; use --clusters instead of --threshold.");
        }
        else if (method == "hdbscan"
            && result.GetResult(_minSize) is { Tokens: [{ Value: "1" }] })
        {
            result.AddError("--method hdbscan needs a --min-size from 2 on.");
        }
    }
}
