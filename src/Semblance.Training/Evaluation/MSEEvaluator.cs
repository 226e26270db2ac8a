using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>
/// Distillation: how far a student's vectors lie from a teacher's. With translations as the student's texts, how well a
/// model was made multilingual (Reimers and Gurevych 2020, arXiv:2004.09813).
/// </summary>
/// <remarks>Metric: <c>negative_mse</c>, the mean squared difference of the elements times −100.</remarks>
public sealed class MSEEvaluator : Evaluator
{
    private readonly IReadOnlyList<string> _target;
    private readonly Tensor _expected;

    /// <summary>Encodes the source texts with a teacher, once.</summary>
    /// <param name="source">The teacher's texts.</param>
    /// <param name="target">The student's texts: the same, or their translations.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="name">What is evaluated on.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty (<see cref="EvaluationDataException"/>).</exception>
    public MSEEvaluator(IReadOnlyList<string> source, IReadOnlyList<string> target, SentenceTransformer teacher, string name = "")
        : this(teacher?.Encode(Checked(source, nameof(source))).Vectors ?? throw new ArgumentNullException(nameof(teacher)), target, name)
    {
    }

    /// <summary>Takes the vectors that are wanted.</summary>
    /// <param name="expected">The teacher's vectors, <c>[texts × dimension]</c>.</param>
    /// <param name="target">The student's texts.</param>
    /// <param name="name">What is evaluated on.</param>
    /// <exception cref="ArgumentException">There is not one vector for each text.</exception>
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
                $"The model's vectors have {vectors.Columns} dimensions and the teacher's {_expected.Columns}; give the student a Dense module, or cut its vectors with Encoding.Dimensions.", nameof(model));
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
