using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>Whatever compares vectors names the one that cannot be compared, and says what to do.</summary>
public class FiniteVectorsTests
{
    private const int Row = 7;
    private const int Columns = 6;

    public static TheoryData<float> NotFinite => [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Paraphrase_mining_names_the_vector(float value)
    {
        Names("Vector 7 ", value, vectors => ParaphraseMining.Mine(vectors));
        Names("Vector 7 ", value, vectors => ParaphraseMining.Mine(vectors, new MiningOptions { TopK = 3, Similarity = SimilarityFunction.Manhattan }));
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Bitext_mining_names_the_vector(float value)
    {
        Names("Vector 7 ", value, vectors => BitextMining.Mine(vectors, Good()), "source");
        Names("Vector 7 ", value, vectors => BitextMining.Mine(Good(), vectors), "target");
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void A_duplicate_detector_names_the_vector_and_takes_none(float value)
    {
        var detector = new DuplicateDetector(Columns);
        Names("Vector 7 ", value, vectors => detector.Add(vectors));
        Names("Vector 0 ", value, vectors => detector.Add(vectors.Row(Row)));
        (detector.Count, detector.Remembered).ShouldBe((0, 0));
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Search_names_the_query_or_the_row(float value)
    {
        Names("Element 2 of vector 7 ", value, vectors => SemanticSearch.Search(vectors, Good()));
        Names("Row 7 of the corpus", value, vectors => SemanticSearch.Search(Good(), vectors));
        Names("Row 7 of the corpus", value, vectors => SemanticSearch.Search(Good(), Good(), new SearchOptions { TopK = 20, RescoreMultiplier = 1, RescoreWith = VectorMatrix.Of(vectors) }));
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Quantizing_and_searching_a_file_names_the_vector(float value)
    {
        Names("Element 2 of vector 7 ", value, vectors => VectorMatrix.Quantize(vectors, new Quantizer(Precision.Float16, Columns)));
        Names("Element 2 of vector 7 ", value, vectors => VectorMatrix.Quantize(vectors, new Quantizer(Precision.Int8, Columns, QuantizationRanges.Of(Good()))));
        Names("Element 2 of vector 7 ", value, vectors => QuantizationRanges.Of(vectors));
        using var folder = new TemporaryFolder();
        VectorMatrix.Of(Bad(value)).Save(folder.Of("vectors.npy"));
        var stored = VectorMatrix.Open(folder.Of("vectors.npy")); // a mapped file is not read when it is opened
        Should.Throw<ArgumentException>(() => SemanticSearch.Search(Good(), stored)).Message.ShouldContain($"Row 7 of the corpus {folder.Of("vectors.npy")}");
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void K_means_names_the_vector(float value)
    {
        Names("Vector 7 ", value, vectors => KMeans.Fit(vectors, new KMeansOptions { Clusters = 2 }));
        Names("Vector 7 ", value, vectors => KMeans.Fit(Good(), new KMeansOptions { Clusters = 20, Initial = vectors }));
        Names("Vector 7 ", value, vectors => KMeans.Fit(Good(), new KMeansOptions { Clusters = 2 }).Predict(vectors));
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Agglomerative_clustering_names_the_vector(float value) => Names("Vector 7 ", value, vectors => AgglomerativeClustering.Fit(vectors));

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Hdbscan_names_the_vector(float value) => Names("Vector 7 ", value, vectors => Hdbscan.Fit(vectors));

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Communities_name_the_vector(float value) => Names("Vector 7 ", value, vectors => CommunityDetection.Detect(vectors));

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void Principal_components_name_the_vector(float value)
    {
        Names("Vector 7 ", value, vectors => PrincipalComponents.Fit(vectors, 2));
        var components = PrincipalComponents.Fit(Good(), Columns);
        Names("Vector 7 ", value, vectors => components.Transform(vectors));
        Names("Vector 7 ", value, vectors => components.InverseTransform(vectors));
    }

    [Theory]
    [MemberData(nameof(NotFinite))]
    public void A_map_names_the_vector(float value) => Names("Vector 7 ", value, vectors => TSne.Fit(vectors));

    [Theory]
    [MemberData(nameof(NotFinite))]
    public async Task An_index_names_the_vector_or_the_query_and_takes_none(float value)
    {
        using var folder = new IndexFolder();
        VectorRecord[] records = [.. Enumerable.Range(0, 20).Select(i => new VectorRecord(i, Bad(value).Row(i).ToArray()))];
        (await Should.ThrowAsync<ArgumentException>(HnswIndex.BuildAsync(folder.Path, records.ToAsyncEnumerable()))).Message.ShouldStartWith("The vector with the id '7' holds a value that is not a finite number; remove the vector");
        HnswIndex.Exists(folder.Path).ShouldBeFalse();
        using var index = HnswIndex.Create(folder.Path, Columns);
        (await Should.ThrowAsync<ArgumentException>(index.AddAsync(records))).Message.ShouldStartWith("The vector with the id '7' holds");
        index.Count.ShouldBe(0);
        Names("Query 7 ", value, vectors => index.Search(vectors));
        Names("The query ", value, vectors => index.Search(vectors.Row(Row)));
    }

    [Fact]
    public void Vectors_of_other_dimensions_are_told_with_both()
    {
        var narrow = Vectors.Random(2, 20, Columns - 1);
        foreach (var compare in (Action[])
        [
            () => BitextMining.Mine(Good(), narrow),
            () => new DuplicateDetector(Columns).Add(narrow),
            () => SemanticSearch.Search(Good(), narrow),
            () => VectorMatrix.Quantize(narrow, new Quantizer(Precision.Float16, Columns)),
            () => KMeans.Fit(Good(), new KMeansOptions { Clusters = 2 }).Predict(narrow),
            () => PrincipalComponents.Fit(Good(), 2).Transform(narrow),
        ])
        {
            var message = Should.Throw<ArgumentException>(compare).Message;
            message.ShouldContain("5");
            message.ShouldContain("6");
        }
    }

    private static void Names(string name, float value, Action<Tensor> compare, string? parameter = null)
    {
        var failure = Should.Throw<ArgumentException>(() => compare(Bad(value)));
        failure.Message.ShouldStartWith(name);
        failure.Message.ShouldMatch("leave it out|leave the vector out|remove the (row|vector)");
        failure.ParamName.ShouldBe(parameter ?? failure.ParamName);
    }

    private static Tensor Good() => Vectors.Random(1, 20, Columns);

    private static Tensor Bad(float value)
    {
        var vectors = Good();
        vectors.Writable[(Row * Columns) + 2] = value;
        return vectors;
    }
}
