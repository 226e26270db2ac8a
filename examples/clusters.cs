#:project ../src/Semblance/Semblance.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj

// Clusters of the lines of a file, their topic words, and the line nearest to each center: dotnet run examples/clusters.cs [file]
using Semblance;

var texts = File.ReadAllLines(args.FirstOrDefault() ?? "examples/faq.txt");
var model = SentenceTransformer.LoadDefault();
var vectors = model.Encode(texts, EncodeOptions.Default with { Normalize = true }).Vectors;

var clusters = KMeans.Fit(vectors, new KMeansOptions { Clusters = Math.Min(6, texts.Length), Spherical = true });
var words = TopicWords.Of(texts, clusters.Labels, 4);
var central = SemanticSearch.Search(clusters.Centers, vectors, new SearchOptions { TopK = 1 });

for (var cluster = 0; cluster < words.Count; cluster++)
{
    var topic = string.Join(", ", words[cluster].Select(word => word.Word));
    Console.WriteLine($"{clusters.Labels.Count(label => label == cluster)} lines: {topic}");
    Console.WriteLine($"  {texts[central[cluster][0].Index]}");
}
