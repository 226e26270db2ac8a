using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>
/// Evaluates distillation: the mean squared error between the embeddings of a student and those of a teacher. With translations as the
/// texts of the
/// student, it evaluates multilingual extension (Reimers and Gurevych 2020, arXiv:2004.09813).
/// </summary>
/// <remarks>Metric: <c>negative_mse</c>, the mean squared difference of the elements, multiplied by −100.</remarks>
public sealed class MSEEvaluator : Evaluator
{
    private readonly IReadOnlyList<string> _target;
    private readonly Tensor _expected;

    /// <summary>Initializes a new instance of the <see cref="MSEEvaluator"/> class and encodes the source texts with a teacher.</summary>
    /// <param name="source">The texts of the teacher.</param>
    /// <param name="target">The texts of the student: the same texts or their translations.</param>
    /// <param name="teacher">The teacher model.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty (<see cref="EvaluationDataException"/>).</exception>
    public MSEEvaluator(IReadOnlyList<string> source, IReadOnlyList<string> target, SentenceTransformer teacher, string name = "")
        : this(teacher?.Encode(Checked(source, nameof(source))).Vectors ?? throw new ArgumentNullException(nameof(teacher)), target, name)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="MSEEvaluator"/> class with the embeddings of a teacher.</summary>
    /// <param name="expected">The embeddings of the teacher, <c>[texts × dimension]</c>.</param>
    /// <param name="target">The texts of the student.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics.</param>
    /// <exception cref="ArgumentException">The numbers of embeddings and texts differ.</exception>
    public MSEEvaluator(Tensor expected, IReadOnlyList<string> target, string name = "")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(expected);
        _expected = expected;
        _target = Checked(target, expected.Rows, nameof(target));
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var vectors = Encode(model, _target, cancellationToken);
        if (vectors.Columns != _expected.Columns)
        {
            throw new ArgumentException(
                $"The student has dimension {vectors.Columns}, but the teacher has dimension {_expected.Columns}; "
                + "add a Dense module to the student, or truncate its embeddings with Encoding.Dimensions.",
                nameof(model));
        }

        var sum = 0.0;
        for (var i = 0; i < vectors.Rows; i++)
        {
            var distance = (double)TensorPrimitives.Distance(_expected.Row(i), vectors.Row(i));
            sum += distance * distance;
        }

        return Result(new Dictionary<string, double> { ["negative_mse"] = -100 * sum / vectors.Length }, "negative_mse");
    }
}
